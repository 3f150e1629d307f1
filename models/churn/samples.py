"""Picks the customers and dates to learn from, so that nothing after a date is known at it. No model here."""

import pandas as pd

from models.feature_tables import KEY, dated, dates_over, is_over
from models.refusal import LEAST_HISTORY_DAYS

MOST_ROWS_TO_LEARN_FROM = 100_000  # more cost minutes and taught nothing in trials (docs/decisions.md)


def with_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in one fixed order, its as-of dates as timestamps: no result depends on the order of rows."""
    return dated(frame, ["as_of_date", "customer_id"])


def labelled_customers(
    features: pd.DataFrame, outcomes: pd.DataFrame, horizon_days: int, known_by: pd.Timestamp
) -> pd.DataFrame:
    """Features and `is_churned` of the customers who were eligible at a date whose window was over by a day.

    Both frames come from `with_dates`.
    """
    has_ended = is_over(outcomes["as_of_date"], horizon_days, known_by)
    is_asked = has_ended & (outcomes["horizon_days"] == horizon_days) & outcomes["is_eligible"].astype(bool)
    labels = outcomes.loc[is_asked, [*KEY, "is_churned"]].astype({"is_churned": bool})
    return with_dates(features.merge(labels, on=KEY, validate="one_to_one"))


def history_days(features: pd.DataFrame) -> pd.Series:
    """Days from the shop's first purchase to each as-of date, by date."""
    return features.groupby("as_of_date")["age_days"].max()


def training_dates(dates: pd.Index, history: pd.Series, known_by: pd.Timestamp, horizon_days: int) -> pd.DatetimeIndex:
    """The dates whose window had ended by `known_by`, oldest first.

    At a shop's first dates only its newest customers are known, who leave less: dates with less than 180 days of
    history are left out as long as others are there, and those with less than one window always.
    """
    ended = dates_over(pd.DatetimeIndex(dates), horizon_days, known_by)
    known = history.reindex(ended).fillna(0)
    mature = ended[(known >= LEAST_HISTORY_DAYS).to_numpy()]
    return mature if len(mature) else ended[(known >= horizon_days).to_numpy()]
