"""What makes churn scores believable. With nobody to score the table is empty, and all rules hold on it."""

from expectations.machinery.rules import all_found_in, between, never

THEMES = "silence rhythm orders spend tier tenure season visits refunds discounts service feedback campaigns other"
CONTRIBUTIONS = ["contribution_base", *(f"contribution_{theme}" for theme in THEMES.split())]
TODAY = "(select * from features.customer_features where is_today)"

RULES = [
    all_found_in("every_score_is_of_a_customer_of_today", TODAY),
    never(
        "whoever_bought_later_than_a_scored_customer_has_a_score",  # holds for any length of the eligibility window
        f"""
        with today as (select customer_id, days_since_last_order from {TODAY}),
        reach as (
            select greatest(coalesce(max(days_since_last_order), 0), 89) as days
            from {{batch}} as scores join today using (customer_id)
        )
        select today.customer_id from today cross join reach anti join ml.customer_churn using (customer_id)
        where days_since_last_order <= reach.days
        """,
    ),
    between("churn_is_a_probability", "churn_probability", 0, 1),
    between("churn_within_30_days_is_a_probability", "churn_probability_30d", 0, 1),
    between("percentiles_run_from_0_to_100", "churn_percentile", 0, 100),
    never(
        "bands_follow_the_probabilities",
        """
        with bands as (
            select
                max(churn_probability) filter (where churn_band = 'low') as highest_low,
                min(churn_probability) filter (where churn_band = 'medium') as lowest_medium,
                max(churn_probability) filter (where churn_band = 'medium') as highest_medium,
                min(churn_probability) filter (where churn_band = 'high') as lowest_high
            from {batch}
        )
        select highest_low, lowest_medium, highest_medium, lowest_high from bands
        where highest_low > lowest_medium or highest_medium > lowest_high or highest_low > lowest_high
        """,
    ),
    never(
        "contributions_add_up_to_the_probability",
        f"""
        with odds as (
            select customer_id, churn_probability, 1 + exp(-({" + ".join(CONTRIBUTIONS)})) as one_over_probability
            from {{batch}}
        )
        select customer_id, churn_probability, one_over_probability from odds
        where churn_probability between 0 and 1
            and not abs(churn_probability * one_over_probability - 1) <= 0.000001 * one_over_probability
        """,
    ),
    never(
        "churn_is_neither_certain_nor_unknown",
        """
        select avg(churn_probability) as mean_probability from {batch}
        having avg(churn_probability) not between 0.02 and 0.98
        """,
        severity="warning",
    ),
]
