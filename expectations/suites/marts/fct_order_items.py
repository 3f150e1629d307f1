"""What makes the order lines complete before readers see them: each is of an order. Rules only."""

from expectations.machinery.rules import never

# Lines may be absent altogether, the feed is optional: no rule asks for rows.
RULES = [
    never(
        "no_line_is_dated_after_the_night",
        """
        select order_item_id, order_date from {batch} as lines cross join ops.night as night
        where order_date is null or order_date > night.as_of_date
        """,
    ),
]
