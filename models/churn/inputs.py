"""Turns the features of many as-of dates into numbers that mean the same at every date. No model, no outcome here."""

import numpy as np
import pandas as pd

from models.feature_tables import OF_THE_DATE, finite_numbers, rank_within_dates


def relative_inputs(features: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Each feature as the customer's rank within the as-of date, shape (n_rows, n_names).

    Those that all customers of a date share (OF_THE_DATE) stay as they are.
    """
    inputs = finite_numbers(features, names)
    of_customers = [place for place, name in enumerate(names) if name not in OF_THE_DATE]
    rank_within_dates(inputs, features["as_of_date"], of_customers)
    return inputs
