"""What makes the RFM groups complete before readers see them. Rules only; the groups' definition is dbt's to test."""

from expectations.machinery.rules import (
    all_found_in,
    all_taken_from,
    between,
    in_set,
    never,
    no_personal_columns,
    of_tonight,
    one_row_each,
)

KEY = ("customer_id",)
BUYERS = "(select distinct customer_id from marts.fct_orders where is_purchase and customer_id is not null)"

RULES = [
    one_row_each("every_customer_has_one_row", "customer_id"),
    of_tonight("every_row_is_of_tonight"),
    all_found_in("every_row_is_of_a_customer", "marts.dim_customers"),
    all_taken_from("every_buyer_has_a_row", BUYERS),
    never(
        "every_buyer_has_a_group",
        f"""
        select customer_id from {{batch}} as ours semi join {BUYERS} as buyers using (customer_id)
        where rfm_group is null
        """,
    ),
    in_set(
        "groups_are_known_values",
        "rfm_group",
        ["champions", "loyal", "recent", "needs_attention", "at_risk", "inactive"],
    ),
    between("recency_levels_run_from_1_to_3", "recency_level", 1, 3),
    between("frequency_levels_run_from_1_to_3", "frequency_level", 1, 3),
    between("monetary_levels_run_from_1_to_3", "monetary_level", 1, 3),
    no_personal_columns(),
]
