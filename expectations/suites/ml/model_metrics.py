"""What makes the models' report card honest. A shop too young for a test has none: all rules hold on an empty table."""

from expectations.machinery.rules import finite, is_finite, never

ROW = "model, candidate, segment, metric, horizon_days"
BIAS_LIMIT = 0.5  # a sum of forecasts further off than half of what came is no basis for anything

RULES = [
    finite("every_value_is_finite", ["value"], ROW),
    never(
        "every_test_window_is_over",
        f"select {ROW} from {{batch}} where test_as_of_date + horizon_days * interval 1 day > as_of_date",
    ),
    never("every_test_has_customers", f"select {ROW} from {{batch}} where coalesce(customer_count, 0) <= 0"),
    never(
        "every_model_stands_beside_a_baseline",
        f"""
        select {ROW} from {{batch}} as metrics
        anti join (select model from ml.model_metrics where role = 'baseline') as baselines using (model)
        where role = 'champion'
        """,
    ),
    never(
        "the_champions_sum_of_values_is_not_far_from_what_came",
        f"""
        select {ROW}, value from {{batch}}
        where model = 'lifetime_value' and role = 'champion' and segment = 'all' and metric = 'bias'
            and abs(value) > {BIAS_LIMIT} and {is_finite("value")}
        """,
        severity="warning",  # the weeks after a young shop's first Christmas are nobody's fault
    ),
    never(
        "the_churn_model_ranks_better_than_every_baseline",
        """
        with best as (
            select
                horizon_days,
                max(value) filter (where role = 'champion') as best_model,
                max(value) filter (where role = 'baseline') as best_baseline
            from {batch} where model = 'churn' and metric = 'auc'
            group by horizon_days
        )
        select horizon_days, best_model, best_baseline from best where best_model < best_baseline
        """,
        severity="warning",
    ),
    never(
        "next_order_dates_are_nearer_than_every_baseline",
        """
        with nearest as (
            select
                min(value) filter (where role <> 'baseline') as best_law,
                min(value) filter (where role = 'baseline') as best_baseline
            from {batch} where model = 'next_order' and segment = 'all' and metric = 'median_absolute_error'
        )
        select best_law, best_baseline from nearest where best_law > best_baseline
        """,
        severity="warning",
    ),
    never(  # of a hundred orders or fewer the share that four in five should be is chance
        "intervals_of_next_orders_hold_what_they_promise",
        """
        select candidate, value, customer_count from {batch}
        where model = 'next_order' and segment = 'all' and role = 'champion' and metric = 'interval_coverage'
            and customer_count > 100 and value not between 0.65 and 0.95
        """,
        severity="warning",
    ),
    never(
        "no_rule_guesses_more_next_categories_than_the_champion",
        """
        with best as (
            select
                max(value) filter (where role = 'champion') as best_model,
                max(value) filter (where role = 'baseline') as best_baseline
            from {batch} where model = 'next_categories' and metric = 'hit_rate_1'
        )
        select best_model, best_baseline from best where best_model < best_baseline
        """,
        severity="warning",
    ),
    never(
        "probabilities_of_next_categories_are_not_far_from_what_came",
        f"""
        select {ROW}, value from {{batch}}
        where model = 'next_categories' and role = 'champion' and segment = 'all' and metric = 'bias'
            and abs(value) > {BIAS_LIMIT} and {is_finite("value")}
        """,
    ),
]
