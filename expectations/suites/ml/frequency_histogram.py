"""What makes the histogram of repeat purchases honest: it counts every customer with a purchase once. Rules only."""

from expectations.machinery.rules import between, never

RULES = [
    between("no_expected_number_is_negative", "expected_customers", 0),
    never(
        "it_counts_every_customer_of_today",
        """
        with counted as (select sum(actual_customers) as customer_count, count(*) as row_count from {batch}),
        scored as (select count(*) as scored_count from ml.customer_lifetime_value)
        select customer_count, scored_count from counted cross join scored
        where row_count > 0 and customer_count <> scored_count
        """,
    ),
]
