"""What makes the customers' days complete before readers see them: they hold all that customers bought. Rules only."""

from expectations.machinery.rules import never

RULES = [
    never(
        "no_day_lies_after_the_night",
        """
        select customer_id, activity_date from {batch} as days cross join ops.night as night
        where activity_date is null or activity_date > night.as_of_date
        """,
    ),
]
