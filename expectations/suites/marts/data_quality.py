"""What makes the measures of data quality believable before readers see them. Rules only."""

from expectations.machinery.rules import never, some_rows

RULES = [
    some_rows("there_are_measures"),
    never(
        "a_share_lies_between_nothing_and_all",
        "select measure, value, numerator, denominator from {batch} as measures"
        " where numerator < 0 or numerator > denominator or (denominator is not null and not value between 0 and 1)",
    ),
]
