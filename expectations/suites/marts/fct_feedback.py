"""What tells that feedback and customers fit together. Rules only; the table's arithmetic is dbt's to test."""

from expectations.machinery.rules import never

RULES = [
    never(
        "at_least_half_of_the_feedback_has_a_customer",
        """
        select count(*) as feedback, count(customer_id) as with_customer from {batch}
        having count(customer_id) < 0.5 * count(*)
        """,
        severity="warning",
    ),
]
