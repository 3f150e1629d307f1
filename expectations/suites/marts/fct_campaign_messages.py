"""What tells that messages, customers and clocks fit together. Rules only; the table's arithmetic is dbt's to test."""

from expectations.machinery.rules import never

RULES = [
    never(  # a mailing system has numbers of its own: theirs, exported as accounts, would join nobody
        "at_least_half_of_the_messages_have_a_customer",
        """
        select count(*) as messages, count(customer_id) as with_customer from {batch}
        having count(customer_id) < 0.5 * count(*)
        """,
        severity="warning",
    ),
    never(  # where a few are, two systems disagree about a second; where many are, about the time zone
        "hardly_any_message_is_read_before_it_was_sent",
        """
        select count(*) as messages, count(*) filter (where least(opened_at, clicked_at) < sent_at) as before_sending
        from {batch} having count(*) filter (where least(opened_at, clicked_at) < sent_at) > 0.01 * count(*)
        """,
        severity="warning",
    ),
]
