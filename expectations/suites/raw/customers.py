"""What the shop promises about its customers feed. Rules only: who runs them and when is not this file's business."""

from expectations.machinery.rules import (
    PLACE,
    dated_within_the_shops_life,
    fresh,
    in_set,
    never,
    not_null,
    one_raw_row_each,
    sensibly_dated,
    some_rows,
)

KEY = ("source_name", "account_id")

RULES = [
    some_rows("there_are_customers"),
    not_null("every_account_has_an_id", "account_id"),
    one_raw_row_each("every_account_has_one_row", "source_name, account_id"),
    in_set("genders_are_known_values", "gender", ["f", "m", "o"]),
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
