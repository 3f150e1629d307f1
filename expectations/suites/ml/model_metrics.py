"""What makes the models' report card honest. A shop too young for a test has none: all rules hold on an empty table."""

from expectations.machinery.rules import finite, in_set, never, not_null, of_tonight, one_row_each

KEY = ("model", "candidate", "segment", "metric")
ROW = "model, candidate, segment, metric"
BIAS_LIMIT = 0.5  # a sum of forecasts further off than half of what came is no basis for anything

RULES = [
    in_set("models_are_known_values", "model", ["churn", "lifetime_value"]),
    in_set("roles_are_known_values", "role", ["champion", "challenger", "baseline"]),
    one_row_each("every_candidate_has_one_value_per_metric", "model, candidate, segment, metric, test_as_of_date"),
    not_null("every_metric_has_a_value", "value"),
    finite("every_value_is_finite", ["value"], ROW),
    of_tonight("every_metric_is_of_tonight", ROW),
    never(
        "every_test_window_is_over",
        f"select {ROW} from {{batch}} where test_as_of_date + to_days(horizon_days) > as_of_date",
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
            and abs(value) > {BIAS_LIMIT} and isfinite(value)
        """,
    ),
    never(
        "the_churn_model_ranks_better_than_every_baseline",
        """
        with best as (
            select
                max(value) filter (role = 'champion') as best_model,
                max(value) filter (role = 'baseline') as best_baseline
            from {batch} where model = 'churn' and metric = 'auc'
        )
        select best_model, best_baseline from best where best_model < best_baseline
        """,
        severity="warning",
    ),
]
