"""Churn by rule of thumb, for shops too young or too small to learn from, and when it must be used. Learns nothing."""

import pandas as pd

METHOD = "recency_rule"

LEAST_OF_A_CLASS = 100
LEAST_SHARE_OF_A_CLASS = 0.05


def recency_rule(customers: pd.DataFrame, horizon_days: int) -> pd.Series:
    """Chance of no purchase in the next window: (silence + rhythm) / (silence + rhythm + horizon).

    Silence is days_since_last_order, rhythm the customer's own mean gap (days_between_orders), the median gap of the
    others for somebody who bought once, the horizon when nobody came back. It is the chance under the Lomax law:
    somebody buys at a constant pace that is known only through the silence so far. Longer silence means likelier gone,
    a slower rhythm means less is expected of the window.
    """
    gaps = customers["days_between_orders"].astype(float)
    gaps = gaps.where(gaps > 0)
    rhythm = gaps.fillna(gaps.median()).fillna(float(horizon_days))
    waited = customers["days_since_last_order"].astype(float) + rhythm
    return waited / (waited + horizon_days)


def reasons_to_refuse_labels(is_churned: pd.Series) -> list[str]:
    """Why the outcomes of one date are too one-sided to learn from, empty when they are not."""
    rarer = int(min(is_churned.sum(), (~is_churned).sum()))
    share = rarer / len(is_churned) if len(is_churned) else 0.0
    if rarer < LEAST_OF_A_CLASS or share < LEAST_SHARE_OF_A_CLASS:
        which = "left" if is_churned.mean() < 0.5 else "stayed"
        needed = f"{LEAST_OF_A_CLASS} and {LEAST_SHARE_OF_A_CLASS:.0%}"
        return [f"only {rarer} of {len(is_churned)} eligible customers {which}, fewer than {needed}"]
    return []
