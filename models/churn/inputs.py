"""Turns the features of many as-of dates into numbers that mean the same at every date. No model, no outcome here."""

import numpy as np
import pandas as pd

KEYS = ("customer_id", "as_of_date", "is_today")
OUTCOMES = ("future_order_days", "future_order_count", "future_net_sales", "is_churned", "is_eligible")


def feature_names(features: pd.DataFrame) -> list[str]:
    """All columns but the keys. ValueError when an outcome is among them, because it lies in the future."""
    leaks = [name for name in OUTCOMES if name in features.columns]
    if leaks:
        raise ValueError(f"features hold outcomes, which lie in the future: {', '.join(leaks)}")
    return [name for name in features.columns if name not in KEYS]


def relative_inputs(features: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Each feature as the customer's rank among the customers of the same as-of date, shape (n_rows, n_names).

    Ranks lie between 0 and 1, ties share their mean rank, a missing value stays missing. A rank is blind to what moves
    everybody (Christmas, a young shop's growth), so what is learned at one date holds at another; in return a row means
    nothing without the other customers of its date.
    """
    numbers = features[names].apply(pd.to_numeric).astype(float).replace([np.inf, -np.inf], np.nan)
    by_date = numbers.groupby(features["as_of_date"].to_numpy())
    return ((by_date.rank() - 0.5) / by_date.transform("count")).to_numpy()
