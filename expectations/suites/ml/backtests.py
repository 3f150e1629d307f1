"""What makes a backtest honest: days that are over, somebody to ask, measures in their range. It may be empty."""

from expectations.machinery.rules import finite, is_finite, never

ROW = "model, forecast, scored_as_of, horizon_days, metric"

RULES = [
    finite("every_value_is_finite", ["value"], ROW),
    never(
        "every_horizon_is_over",
        f"select {ROW} from {{batch}} where scored_as_of + horizon_days * interval 1 day > as_of_date",
    ),
    never("no_model_scored_before_it_learned", f"select {ROW} from {{batch}} where trained_as_of > scored_as_of"),
    never("every_backtest_has_customers", f"select {ROW} from {{batch}} where coalesce(customer_count, 0) <= 0"),
    never(
        "every_measure_of_a_probability_is_a_share",
        f"""
        select {ROW}, value from {{batch}}
        where metric in ('brier', 'auc', 'ece') and {is_finite("value")} and value not between 0 and 1
        """,
    ),
    never(
        "no_error_is_negative",
        f"select {ROW}, value from {{batch}} where metric in ('mae', 'bias_error') and value < 0",
    ),
]
