"""When a shop is too little for any model: too few buyers, too short a history, silence. No model here.

What one model asks beyond that (repeat buyers, both outcomes) stands beside that model.
"""

import pandas as pd

LEAST_BUYERS = 500
LEAST_HISTORY_DAYS = 180
LEAST_WINDOWS_OF_HISTORY = 3
RECENT_DAYS = 30


def reasons_to_refuse(
    customers: pd.DataFrame, window_days: int, least_windows: int = LEAST_WINDOWS_OF_HISTORY
) -> list[str]:
    """Why these customers are too little to model, empty when they are enough; features at one as-of date.

    The last 30 days are those of `order_count_30d`: they end with the as-of date, so an order of 30 days ago lies
    before them.
    """
    buyers = len(customers)
    history = int(customers["age_days"].max()) if buyers else 0
    needed = max(LEAST_HISTORY_DAYS, least_windows * window_days)
    is_silent = not (customers["days_since_last_order"] < RECENT_DAYS).any()
    rules = [
        (buyers < LEAST_BUYERS, f"{buyers} buyers are fewer than {LEAST_BUYERS}"),
        (history < needed, f"{history} days of history are fewer than {needed}"),
        (is_silent, f"no order in the last {RECENT_DAYS} days"),
    ]
    return [reason for is_broken, reason in rules if is_broken]
