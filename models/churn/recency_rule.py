"""Churn by rule of thumb, for shops too young or too small to learn from. Learns nothing and refuses nothing."""

import pandas as pd

RECENCY_RULE = "recency_rule"


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
