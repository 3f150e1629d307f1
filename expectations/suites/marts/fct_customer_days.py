"""What makes the customers' days complete before readers see them: they hold all that customers bought. Rules only."""

from expectations.machinery.rules import all_found_in, never, no_personal_columns, one_row_each

KEY = ("customer_id", "activity_date")

RULES = [
    one_row_each("every_customer_and_day_has_one_row", "customer_id, activity_date"),
    all_found_in("every_day_is_of_a_customer", "marts.dim_customers"),
    never(
        "no_day_lies_after_the_night",
        """
        select customer_id, activity_date from {batch} as days cross join ops.night as night
        where activity_date is null or activity_date > night.as_of_date
        """,
    ),
    never(
        "the_days_hold_all_that_customers_bought",
        """
        select days.net_amount as net_amount_of_days, orders.net_amount as net_amount_of_orders
        from (select coalesce(sum(net_amount), 0) as net_amount from {batch}) as days
        cross join (
            select coalesce(sum(net_amount), 0) as net_amount from marts.fct_orders where customer_id is not null
        ) as orders
        where days.net_amount <> orders.net_amount
        """,
    ),
    no_personal_columns(),
]
