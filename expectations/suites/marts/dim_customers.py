"""What makes the customer table complete before readers see it. Rules only."""

from expectations.machinery.rules import (
    all_taken_from,
    never,
    no_personal_columns,
    not_null,
    of_tonight,
    one_row_each,
    some_rows,
)

KEY = ("customer_id",)

RULES = [
    some_rows("there_are_customers"),
    not_null("every_customer_has_an_id", "customer_id"),
    one_row_each("every_customer_has_one_row", "customer_id"),
    of_tonight("every_customer_is_of_tonight"),
    all_taken_from(
        "everybody_who_ordered_is_a_customer",
        "(select distinct customer_id from marts.fct_orders where customer_id is not null)",
    ),
    never(
        "net_sales_of_customers_and_of_nobody_are_all_sales",
        """
        with ours as (select coalesce(sum(net_sales), 0) as of_customers from {batch}),
        facts as (
            select
                coalesce(sum(net_amount), 0) as all_sales,
                coalesce(sum(net_amount) filter (customer_id is null), 0) as of_nobody
            from marts.fct_orders
        )
        select of_customers, of_nobody, all_sales from ours cross join facts
        where abs(of_customers + of_nobody - all_sales) > 0.01
        """,
    ),
    no_personal_columns(),
]
