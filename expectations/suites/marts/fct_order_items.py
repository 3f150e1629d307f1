"""What makes the order lines complete before readers see them: each is of an order. Rules only."""

from expectations.machinery.rules import all_found_in, never, no_personal_columns, not_null, one_row_each

KEY = ("order_item_id",)

# Lines may be absent altogether, the feed is optional: no rule asks for rows.
RULES = [
    not_null("every_line_has_an_id", "order_item_id"),
    one_row_each("every_line_has_one_row", "order_item_id"),
    all_found_in("every_line_is_of_an_order", "marts.fct_orders", key="order_id"),
    never(
        "no_line_is_dated_after_the_night",
        """
        select order_item_id, order_date from {batch} as lines cross join ops.night as night
        where order_date is null or order_date > night.as_of_date
        """,
    ),
    no_personal_columns(),
]
