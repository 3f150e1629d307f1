"""When a shop is too little to model, and what is said of it then: the plain ratio. No model here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models import refusal

PLAIN_RATIO = "plain_ratio"

LEAST_REPEAT_BUYERS = 100
LEAST_WINDOWS_TO_CHOOSE_ON = 2


def reasons_to_refuse(
    customers: pd.DataFrame, window_days: int, least_windows: int = refusal.LEAST_WINDOWS_OF_HISTORY
) -> list[str]:
    """Why these customers are too little to value, empty when they are enough; features at one as-of date.

    A forecast wants a history of three windows; a window on which candidates are only compared, two.
    """
    repeat_buyers = int((customers["frequency"] > 0).sum())
    reasons = refusal.reasons_to_refuse(customers, window_days, least_windows)
    if repeat_buyers < LEAST_REPEAT_BUYERS:
        reasons.append(f"{repeat_buyers} repeat buyers are fewer than {LEAST_REPEAT_BUYERS}")
    return reasons


def plain_ratio(customers: pd.DataFrame, horizons: Sequence[int]) -> pd.DataFrame:
    """The managers' ratio, average order value times repeat purchases over customers, at the past pace.

    Columns expected_order_value and, for each horizon h, expected_orders_h and predicted_value_h. The same for
    everybody: it says what a customer of this shop is worth, not which one, hence no chances and no interval.
    """
    age, repeats = customers["age_days"].astype(float).sum(), customers["frequency"].astype(float).sum()
    purchase_days = repeats + len(customers)
    value = customers["net_sales"].astype(float).sum() / purchase_days if purchase_days else 0.0
    columns = {"expected_order_value": round(max(value, 0.0), 2)}
    for days in horizons:
        columns[f"expected_orders_{days}"] = round(repeats / age * days if age else 0.0, 6)
        columns[f"predicted_value_{days}"] = columns[f"expected_orders_{days}"] * columns["expected_order_value"]
    return pd.DataFrame(columns, index=customers.index, dtype=np.float64)
