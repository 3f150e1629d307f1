"""What makes the list of next categories complete before readers see it. The guesses have their own gate."""

from expectations.machinery.rules import all_found_in, all_taken_from

RULES = [
    all_found_in("every_row_is_a_guess", "ml.customer_next_categories"),
    all_taken_from("every_customer_with_a_guess_is_published", "ml.customer_next_categories"),
]
