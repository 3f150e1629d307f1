"""What makes the calibration table honest: tenths of customers with people in each. Rules only; it may be empty."""

from expectations.machinery.rules import between, finite

ROW = "candidate, measure, decile"

RULES = [
    between("tenths_are_one_to_ten", "decile", 1, 10),
    between("no_tenth_is_empty", "customer_count", 1),
    finite("every_mean_is_finite", ["predicted_mean", "actual_mean"], ROW),
]
