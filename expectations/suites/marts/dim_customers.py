"""What makes the customer table complete before readers see it. Rules only."""

from expectations.machinery.rules import between, some_rows

RULES = [
    some_rows("there_are_customers"),
    between("no_profile_is_more_than_full", "profile_completeness", 0, 1),
    between("no_contact_is_confirmed_after_the_night", "freshness_days", 0),
]
