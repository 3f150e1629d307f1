"""What makes the dates of next orders believable. With nobody who has bought the table is empty, and all rules hold."""

from expectations.machinery.rules import all_found_in, all_taken_from, between, never

BUYERS = "(select distinct customer_id from marts.fct_customer_days where purchase_count > 0)"

RULES = [
    all_found_in("every_forecast_is_of_somebody_who_has_bought", BUYERS),
    all_taken_from("everybody_who_has_bought_has_a_forecast", BUYERS),
    between("the_chance_of_an_order_is_a_probability", "probability_of_order", 0, 1),
    never(
        "every_date_lies_within_the_horizon",
        """
        select customer_id, as_of_date, expected_order_date, horizon_days from {batch}
        where expected_order_date <= as_of_date
            or expected_order_date > as_of_date + horizon_days * interval 1 day
        """,
    ),
    never(
        "a_date_is_told_where_an_order_is_not_less_likely_than_none",
        """
        select customer_id, probability_of_order, expected_order_date, next_order_status from {batch}
        where (expected_order_date is not null) <> (coalesce(probability_of_order, 0) >= 0.5)
            or (expected_order_date is not null) <> (next_order_status in ('expected', 'overdue'))
        """,
    ),
    never(
        "every_interval_holds_its_date",
        """
        select customer_id, as_of_date, low, expected_order_date, high from {batch}
        where low <= as_of_date or low > expected_order_date or high < expected_order_date
            or (low is null) <> (high is null) or (low is not null and expected_order_date is null)
        """,
    ),
    never(
        "who_is_overdue_has_let_the_due_date_pass",
        """
        select customer_id, as_of_date, due_date, next_order_status from {batch}
        where (next_order_status = 'overdue' and due_date >= as_of_date)
            or (next_order_status = 'expected' and due_date < as_of_date)
        """,
    ),
    never(
        "nobodys_last_order_is_still_to_come",
        "select customer_id, as_of_date, last_order_date from {batch} where last_order_date > as_of_date",
    ),
]
