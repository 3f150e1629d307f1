"""What makes the returns believable. Claims only."""

from expectations.machinery.rules import never

RULES = [never("nothing_comes_back_before_it_was_ordered", "select return_id from {batch} where days_kept < 0")]
