"""What makes the churn list complete before readers see it. Rules only; the scores have their own gate."""

from expectations.machinery.rules import (
    all_found_in,
    all_taken_from,
    no_personal_columns,
    not_null,
    of_tonight,
    one_row_each,
)

KEY = ("customer_id",)

RULES = [
    one_row_each("every_customer_has_one_row", "customer_id"),
    of_tonight("every_row_is_of_tonight"),
    all_found_in("every_row_has_a_score", "ml.customer_churn"),
    all_taken_from("every_score_is_published", "ml.customer_churn"),
    not_null("every_customer_has_a_suggested_action", "suggested_action"),
    no_personal_columns(),
]
