"""What makes the reliability of churn a report. A shop too young for a test has none: all rules hold on nothing."""

from expectations.machinery.rules import between, never

RULES = [
    between("every_mean_forecast_is_a_probability", "predicted_mean", 0, 1),
    between("every_share_that_left_is_a_share", "actual_mean", 0, 1),
    between("there_are_ten_tenths_at_most", "tenth", 1, 10),
    never(
        "forecasts_rise_from_tenth_to_tenth",
        """
        select candidate, horizon_days, tenth from (
            select
                candidate, horizon_days, tenth, predicted_mean,
                lag(predicted_mean) over (partition by candidate, horizon_days order by tenth) as lower_mean
            from {batch}
        ) as tenths
        where predicted_mean < lower_mean
        """,
    ),
]
