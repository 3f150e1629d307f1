"""When there is too little for a model: few buyers, a short history, silence, one-sided outcomes. No model here.

What is said instead stands beside each model: the hazard, the plain ratio.
"""

import pandas as pd

LEAST_BUYERS = 500
LEAST_REPEAT_BUYERS = 100
LEAST_HISTORY_DAYS = 180
LEAST_WINDOWS_OF_HISTORY = 3
RECENT_DAYS = 30

REFUSED_BY = ("age_days", "days_since_last_order")  # the features that `reasons_to_refuse` reads

LEAST_OF_A_CLASS = 100
LEAST_SHARE_OF_A_CLASS = 0.05


def reasons_to_refuse(customers: pd.DataFrame, window_days: int) -> list[str]:
    """Why these customers are too little to model, empty when they are enough; features at one as-of date.

    The last 30 days are those of `order_count_30d`: they end with the as-of date, so an order of 30 days ago lies
    before them.
    """
    buyers = len(customers)
    history = int(customers["age_days"].max()) if buyers else 0
    needed = max(LEAST_HISTORY_DAYS, LEAST_WINDOWS_OF_HISTORY * window_days)
    is_silent = not (customers["days_since_last_order"] < RECENT_DAYS).any()
    rules = [
        (buyers < LEAST_BUYERS, f"{buyers} buyers are fewer than {LEAST_BUYERS}"),
        (history < needed, f"{history} days of history are fewer than {needed}"),
        (is_silent, f"no order in the last {RECENT_DAYS} days"),
    ]
    return [reason for is_broken, reason in rules if is_broken]


def reasons_to_refuse_labels(is_churned: pd.Series) -> list[str]:
    """Why the outcomes of one date are too one-sided to learn from, empty when they are not."""
    rarer = int(min(is_churned.sum(), (~is_churned).sum()))
    share = rarer / len(is_churned) if len(is_churned) else 0.0
    if rarer < LEAST_OF_A_CLASS or share < LEAST_SHARE_OF_A_CLASS:
        which = "left" if is_churned.mean() < 0.5 else "stayed"
        needed = f"{LEAST_OF_A_CLASS} and {LEAST_SHARE_OF_A_CLASS:.0%}"
        return [f"only {rarer} of {len(is_churned)} eligible customers {which}, fewer than {needed}"]
    return []
