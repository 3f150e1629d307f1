"""What makes the products complete before readers see them: whatever was sold is here. Rules only."""

from expectations.machinery.rules import all_taken_from, no_personal_columns, not_null, one_row_each

KEY = ("product_id",)

RULES = [
    not_null("every_product_has_an_id", "product_id"),
    one_row_each("every_product_has_one_row", "product_id"),
    all_taken_from(
        "every_product_that_was_sold_is_here",
        "(select distinct product_id from marts.fct_order_items where product_id is not null)",
        key="product_id",
    ),
    no_personal_columns(),
]
