"""What tells that tickets and customers fit together. Rules only; the table's arithmetic is dbt's to test."""

from expectations.machinery.rules import never

RULES = [
    never(  # a service desk has numbers of its own: theirs, exported as accounts, would join nobody
        "at_least_half_of_the_tickets_have_a_customer",
        """
        select count(*) as tickets, count(customer_id) as with_customer from {batch}
        having count(customer_id) < 0.5 * count(*)
        """,
        severity="warning",
    ),
]
