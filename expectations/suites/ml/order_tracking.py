"""What makes the tracking of repeat orders honest: nothing expected is negative, and sums only grow. Rules only."""

from expectations.machinery.rules import between, never

ROW = "candidate, period_end"

RULES = [
    between("no_expected_number_is_negative", "expected_orders_incremental", 0),
    never(
        "no_sum_falls",
        f"""
        select {ROW} from (
            select
                {ROW},
                expected_orders_cumulative as expected,
                actual_orders_cumulative as actual,
                lag(expected_orders_cumulative) over (partition by candidate order by period_end) as expected_before,
                lag(actual_orders_cumulative) over (partition by candidate order by period_end) as actual_before
            from {{batch}}
        )
        where expected < expected_before or actual < actual_before
        """,
    ),
]
