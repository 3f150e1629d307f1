"""The features and outcomes that every model is given: read alike, and guarded against the future. No model here.

What follows a date is known at another only when its window is over there (`is_over`), and no outcome may stand among
the features (`feature_names`).
"""

import numpy as np
import pandas as pd

KEY = ["customer_id", "as_of_date"]
NOT_LEARNED_FROM = (*KEY, "is_today", "net_sales_12m")  # the last names the tier, and says no more than a year's sales


def feature_names(features: pd.DataFrame) -> list[str]:
    """What may be learned from: all but the keys. ValueError when an outcome is among them: it lies in the future."""
    leaks = [name for name in features.columns if name.startswith("future_") or name in ("is_churned", "is_eligible")]
    if leaks:
        raise ValueError(f"features hold outcomes, which lie in the future: {', '.join(leaks)}")
    return [name for name in features.columns if name not in NOT_LEARNED_FROM]


def dated(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """The frame in one fixed order, as-of dates as timestamps: no result depends on the order in which rows came."""
    return frame.assign(as_of_date=pd.to_datetime(frame["as_of_date"])).sort_values(order, ignore_index=True)


def of_today(features: pd.DataFrame) -> pd.DataFrame:
    """The customers to score."""
    return features[features["is_today"].astype(bool)]


def is_over(dates: pd.Series, days: int, by: pd.Timestamp) -> pd.Series:
    """Whether the window of `days` days after each date had ended by a day; one that ends on it had."""
    return dates + pd.Timedelta(days=days) <= by


def dates_over(dates: pd.DatetimeIndex, days: int, by: pd.Timestamp) -> pd.DatetimeIndex:
    """The distinct dates whose window was over by a day, oldest first."""
    distinct = dates.unique().sort_values()
    return distinct[is_over(distinct.to_series(), days, by).to_numpy()]


def finite_numbers(features: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """These features as floats, what is not finite as missing."""
    return features[names].apply(pd.to_numeric).astype(float).replace([np.inf, -np.inf], np.nan)


def ranks_within_dates(numbers: pd.DataFrame, dates: pd.Series) -> pd.DataFrame:
    """Each number as the customer's rank among the customers of the same as-of date.

    Ranks lie between 0 and 1, ties share their mean rank, a missing value stays missing. A rank is blind to what moves
    everybody (Christmas, a young shop's growth), so what is learned at one date holds at another; in return a row means
    nothing without the other customers of its date.
    """
    by_date = numbers.groupby(dates.to_numpy())
    return (by_date.rank() - 0.5) / by_date.transform("count")


def rows_of_at_most(rows: pd.DataFrame, most_customers: int, random_state: int) -> pd.DataFrame:
    """All rows of at most so many customers, drawn evenly; one customer's dates stay together."""
    names = np.sort(rows["customer_id"].unique())
    if len(names) <= most_customers:
        return rows
    kept = np.random.default_rng(random_state).choice(names, size=most_customers, replace=False)
    return rows[rows["customer_id"].isin(kept)]
