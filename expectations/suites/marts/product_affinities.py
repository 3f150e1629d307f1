"""What makes the list of product pairs complete before readers see it. The pairs have their own gate."""

from expectations.machinery.rules import all_found_in, all_taken_from

PAIR = "product_id, other_product_id"

RULES = [
    all_found_in("every_row_is_a_pair_that_was_found", "ml.product_affinities", key=PAIR),
    all_taken_from("every_pair_that_was_found_is_published", "ml.product_affinities", key=PAIR),
]
