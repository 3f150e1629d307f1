"""Turns the features of many as-of dates into numbers that mean the same at every date. No model, no outcome here."""

import numpy as np
import pandas as pd

from models.feature_tables import finite_numbers, rank_within_dates


def relative_inputs(features: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Each feature as the customer's rank within the as-of date, shape (n_rows, n_names)."""
    inputs = finite_numbers(features, names)
    rank_within_dates(inputs, features["as_of_date"])
    return inputs
