"""What a customer is worth by the managers' ratio, for shops with too little to model. Learns and refuses nothing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

PLAIN_RATIO = "plain_ratio"


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
