"""What the mailing system promises about its messages, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import never, sensibly_dated

RULES = [
    sensibly_dated("messages_are_sensibly_dated", "occurred_at"),
    never(
        "every_message_goes_to_one_account",  # an id that all receivers share would make one message of them
        """
        select message_id, max_by(file_name, row_number) as file_name, max(row_number) as row_number
        from {batch} group by source_name, message_id having min(account_id) <> max(account_id)
        """,
    ),
]
