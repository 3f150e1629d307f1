"""What makes last night's changes believable before readers see them. Rules only; what a change is, dbt says."""

from expectations.machinery.rules import never

RULES = [
    never(
        "no_tier_change_reaches_a_fifth_of_all_customers",
        """
        with everybody as (select count(*) as customer_count from marts.customer_tiers)
        select count(*) as changed_count, any_value(everybody.customer_count) as customer_count
        from {batch} as changes cross join everybody
        where changes.attribute = 'value_tier'
        having count(*) > greatest(20, 0.2 * any_value(everybody.customer_count))
        """,
        severity="warning",
    ),
]
