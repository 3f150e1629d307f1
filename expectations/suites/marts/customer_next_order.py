"""What makes the list of next orders complete before readers see it. Rules only; the scores have their own gate."""

from expectations.machinery.rules import all_found_in, all_taken_from

RULES = [
    all_found_in("every_row_has_a_score", "ml.customer_next_order"),
    all_taken_from("every_score_is_published", "ml.customer_next_order"),
]
