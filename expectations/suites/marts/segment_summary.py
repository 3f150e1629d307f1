"""What makes the segments' summary complete before readers see it: every division is the whole. Rules only."""

from expectations.machinery.rules import between, never, some_rows

RULES = [
    some_rows("there_are_segments"),
    between("no_segment_is_empty", "customer_count", 1),
    never(
        "every_division_holds_all_customers_and_their_sales",
        """
        with whole as (select count(*) as customer_count, sum(net_sales) as net_sales from marts.customer_360),
        divisions as (
            select segment_type, sum(customer_count) as customer_count, sum(net_sales) as net_sales
            from {batch} as segments group by segment_type
        )
        select divisions.* from divisions cross join whole
        where divisions.customer_count <> whole.customer_count or divisions.net_sales <> whole.net_sales
        """,
    ),
]
