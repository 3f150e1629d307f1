"""What makes the customer table complete before readers see it. Rules only."""

from expectations.machinery.rules import some_rows

RULES = [
    some_rows("there_are_customers"),
]
