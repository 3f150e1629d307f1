"""What the service desk promises about its tickets, should it deliver any: every rule holds on an empty table.

Rules only: who runs them and when is not this file's business.
"""

from expectations.machinery.rules import PLACE, between, never, sensibly_dated

RULES = [
    sensibly_dated("tickets_are_sensibly_dated", "opened_at"),
    never(
        "no_ticket_is_answered_before_it_was_opened",
        f"select {PLACE} from {{batch}} where first_response_at < opened_at",
        severity="warning",
    ),
    never(
        "no_ticket_is_resolved_before_it_was_opened",
        f"select {PLACE} from {{batch}} where resolved_at < opened_at",
        severity="warning",
    ),
    between("satisfaction_with_a_ticket_is_1_to_5", "csat", 1, 5, severity="warning"),
]
