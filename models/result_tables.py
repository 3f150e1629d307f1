"""The tables that models return: their columns and types, and that of metrics, which all share. Nothing is measured."""

import pandas as pd

METRIC_TYPES = {
    "candidate": "str",
    "role": "str",
    "segment": "str",
    "metric": "str",
    "value": "float64",
    "customer_count": "int64",
    "test_as_of_date": "datetime64[us]",
    "horizon_days": "int64",
}
ALL = "all"  # the segment of everybody


def typed(frame: pd.DataFrame, types: dict[str, str]) -> pd.DataFrame:
    """These columns of the frame, in this order and of these types, its rows numbered anew."""
    return frame[list(types)].astype(types).reset_index(drop=True)


def nothing(types: dict[str, str]) -> pd.DataFrame:
    """A frame of these columns without a row."""
    return pd.DataFrame(columns=list(types)).astype(types)


def metric_table(measured: pd.DataFrame, test_as_of_date: pd.Timestamp, horizon_days: int) -> pd.DataFrame:
    """What was measured in one window, as it is published; undefined values are left out."""
    known = measured.dropna(subset="value").assign(test_as_of_date=test_as_of_date, horizon_days=horizon_days)
    return typed(known, METRIC_TYPES)
