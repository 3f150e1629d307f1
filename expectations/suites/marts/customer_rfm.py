"""What makes the RFM groups complete before readers see them. Rules only; the groups' definition is dbt's to test."""

from expectations.machinery.rules import between

RULES = [
    between("recency_levels_run_from_1_to_3", "recency_level", 1, 3),
    between("frequency_levels_run_from_1_to_3", "frequency_level", 1, 3),
    between("monetary_levels_run_from_1_to_3", "monetary_level", 1, 3),
]
