"""What makes the one file per customer complete before readers see it. Rules only."""

from expectations.machinery.rules import (
    all_found_in,
    all_taken_from,
    never,
    no_personal_columns,
    not_null,
    of_tonight,
    one_row_each,
)

KEY = ("customer_id",)

RULES = [
    one_row_each("every_customer_has_one_row", "customer_id"),
    of_tonight("every_row_is_of_tonight"),
    all_found_in("every_row_is_of_a_customer", "marts.dim_customers"),
    all_taken_from("every_customer_is_here", "marts.dim_customers"),
    not_null("every_customer_has_a_tier", "value_tier"),
    never(
        "net_sales_are_what_the_customer_table_says",
        """
        select customer_id from {batch} as ours join marts.dim_customers as customers using (customer_id)
        where abs(ours.net_sales - customers.net_sales) > 0.01
        """,
    ),
    no_personal_columns(),
]
