"""What the shop promises about its customers feed. Rules only: who runs them and when is not this file's business."""

from expectations.machinery.rules import PLACE, dated_within_the_shops_life, fresh, never, sensibly_dated, some_rows

RULES = [
    some_rows("there_are_customers"),
    sensibly_dated("registrations_are_sensibly_dated", "registered_at"),
    never(
        "nearly_all_emails_can_be_read",
        """
        select count(email) as emails, count(email_normalized) as readable from {batch}
        having count(email_normalized) < 0.95 * count(email)
        """,
        severity="warning",
    ),
    never(
        "nobody_is_born_after_registering",
        f"select {PLACE} from {{batch}} where birth_date > registered_at or birth_date < date '1900-01-01'",
        severity="warning",
    ),
    *dated_within_the_shops_life("registrations", "registered_at"),
    fresh("registrations_are_fresh", "registered_at"),
]
