"""What makes the tiers complete before readers see them: every customer stands in exactly one. Rules only."""

from expectations.machinery.rules import never

RULES = [
    never(
        "exactly_the_vips_have_a_level",
        """
        select customer_id, value_tier, vip_level from {batch}
        where coalesce(value_tier = 'vip', false) is distinct from (vip_level <> 'none')
        """,
    ),
]
