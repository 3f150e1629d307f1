"""What makes the orders complete before readers see them. Rules only; the tables' arithmetic is dbt's to test."""

from expectations.machinery.rules import never, some_rows

# One order in a hundred may have been rounded or mended by hand. More is a habit of the shop that its lines do not
# tell: weighed goods, whose price per gram has more than four decimals and was rounded; taxed prices; gift cards.
MOST_TOTALS_THAT_DIFFER = 0.01

RULES = [
    some_rows("there_are_orders"),
    never(
        "every_landed_order_is_here",  # the last day is left to dbt: it ends at midnight of the shop, not of UTC
        """
        select landed.source_name || ':' || landed.order_id as order_id
        from raw.orders as landed cross join ops.night as night
        anti join {batch} as orders on orders.order_id = landed.source_name || ':' || landed.order_id
        where landed.ordered_at < night.as_of_date - interval 1 day
        """,
    ),
    never(
        "nearly_every_total_is_the_sum_of_its_parts",
        f"""
        select
            count(*) as orders_with_lines,
            count(*) filter (where difference > 0.01) as that_differ,
            round(100.0 * count(*) filter (where difference > 0.01) / nullif(count(*), 0), 1) as percent
        from (
            select abs(total_amount - (items_amount + shipping_amount + tax_amount - discount_amount)) as difference
            from {{batch}} where line_count > 0
        )
        having count(*) filter (where difference > 0.01) > {MOST_TOTALS_THAT_DIFFER} * count(*)
        """,
        severity="warning",
    ),
]
