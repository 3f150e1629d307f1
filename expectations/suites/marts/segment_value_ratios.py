"""What makes the segments' ratios complete before readers see them: every division holds all buyers. Rules only."""

from expectations.machinery.rules import between, never, no_personal_columns, of_tonight, one_row_each, some_rows

KEY = ("segment_type", "segment")

RULES = [
    some_rows("there_are_segments"),
    one_row_each("every_segment_has_one_row", "segment_type, segment"),
    of_tonight("every_segment_is_of_tonight", "segment_type, segment"),
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
    no_personal_columns(),
]
