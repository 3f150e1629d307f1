"""What makes the tiers complete before readers see them: every customer stands in exactly one. Rules only."""

from expectations.machinery.rules import (
    all_found_in,
    all_taken_from,
    in_set,
    never,
    no_personal_columns,
    not_null,
    of_tonight,
    one_row_each,
)

KEY = ("customer_id",)

RULES = [
    one_row_each("every_customer_has_one_tier", "customer_id"),
    of_tonight("every_tier_is_of_tonight"),
    all_found_in("every_tier_is_of_a_customer", "marts.dim_customers"),
    all_taken_from("every_customer_has_a_tier", "marts.dim_customers"),
    not_null("no_tier_is_missing", "value_tier"),
    in_set("tiers_are_known_values", "value_tier", ["regular", "senior", "vip"]),
    in_set("levels_are_known_values", "vip_level", ["gold", "platinum", "diamond"]),
    never(
        "exactly_the_vips_have_a_level",
        """
        select customer_id, value_tier, vip_level from {batch}
        where coalesce(value_tier = 'vip', false) is distinct from (vip_level is not null)
        """,
    ),
    no_personal_columns(),
]
