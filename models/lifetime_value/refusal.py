"""When a shop is too little to model, and what is said of it then: the plain ratio. No model here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

PLAIN_RATIO = "plain_ratio"

LEAST_BUYERS = 500
LEAST_REPEAT_BUYERS = 100
LEAST_HISTORY_DAYS = 180
LEAST_WINDOWS_OF_HISTORY = 3
LEAST_WINDOWS_TO_CHOOSE_ON = 2
MOST_DAYS_WITHOUT_ORDER = 30


def reasons_to_refuse(
    customers: pd.DataFrame, window_days: int, least_windows: int = LEAST_WINDOWS_OF_HISTORY
) -> list[str]:
    """Why these customers are too little to model, empty when they are enough; features at one as-of date.

    A forecast wants a history of three windows; a window on which candidates are only compared, two.
    """
    buyers = len(customers)
    repeat_buyers = int((customers["frequency"] > 0).sum())
    history = int(customers["age_days"].max()) if buyers else 0
    silence = int(customers["days_since_last_order"].min()) if buyers else 0
    needed = max(LEAST_HISTORY_DAYS, least_windows * window_days)
    rules = [
        (buyers < LEAST_BUYERS, f"{buyers} buyers are fewer than {LEAST_BUYERS}"),
        (repeat_buyers < LEAST_REPEAT_BUYERS, f"{repeat_buyers} repeat buyers are fewer than {LEAST_REPEAT_BUYERS}"),
        (history < needed, f"{history} days of history are fewer than {needed}"),
        (silence > MOST_DAYS_WITHOUT_ORDER, f"no order in the last {MOST_DAYS_WITHOUT_ORDER} days"),
    ]
    return [reason for is_broken, reason in rules if is_broken]


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
