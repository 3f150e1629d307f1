"""What makes the calibration table honest: tenths of customers with people in each. Rules only; it may be empty."""

from expectations.machinery.rules import between, finite, in_set, of_tonight, one_row_each

KEY = ("candidate", "measure", "decile")
ROW = "candidate, measure, decile"

RULES = [
    one_row_each("every_tenth_has_one_row", ROW),
    in_set("measures_are_known_values", "measure", ["orders", "money"]),
    between("tenths_are_one_to_ten", "decile", 1, 10),
    between("no_tenth_is_empty", "customer_count", 1),
    finite("every_mean_is_finite", ["predicted_mean", "actual_mean"], ROW),
    of_tonight("every_row_is_of_tonight", ROW),
]
