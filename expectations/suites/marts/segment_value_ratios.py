"""What makes the segments' ratios complete before readers see them: every division holds all buyers. Rules only."""

from expectations.machinery.rules import between, never, some_rows

RULES = [
    some_rows("there_are_segments"),
    between("no_segment_is_empty", "customer_count", 1),
    never(
        "every_division_holds_all_buyers",
        """
        with buyers as (select count(*) as buyer_count from marts.dim_customers where order_count > 0)
        select segment_type, sum(customer_count) as customer_count, any_value(buyer_count) as buyer_count
        from {batch} as segments cross join buyers
        group by segment_type
        having sum(customer_count) <> any_value(buyer_count)
        """,
    ),
]
