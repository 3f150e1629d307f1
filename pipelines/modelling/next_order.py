"""The next order: on which day each customer buys again, if at all, and how near such days were."""

from typing import Any

import pandas as pd

from pipelines.modelling.scoring import PURCHASE_DAYS, Inputs, Score, Scored, Stream, Trained, Training
from pipelines.settings.model import Settings

NIGHT = "select as_of_date from ops.night"


def train(inputs: Inputs, settings: Settings) -> Trained:
    """By which law gaps between purchase days end, measured on a window that is over."""
    from models.next_order.forecast import train_next_order

    learned = train_next_order(inputs["purchase_days"], _as_of(inputs), gap_days=settings.features.gap_days)
    return Trained(learned.trained, Scored({}, learned.metrics, notes={"customer_next_order": learned.notes}))


def among(inputs: Inputs, settings: Settings, model: Any) -> Any:
    """What customers are scored by."""
    from models.next_order.forecast import standard_of

    return standard_of(model, inputs["purchase_days"], _as_of(inputs))


def score(inputs: Inputs, settings: Settings, standard: Any) -> Scored:
    """The next order of everybody who has bought."""
    from models.next_order.forecast import score_next_order

    return Scored({"customer_next_order": score_next_order(standard, inputs["purchase_days"], _as_of(inputs))})


def _as_of(inputs: Inputs) -> pd.Timestamp:
    return pd.Timestamp(inputs["night"]["as_of_date"].iloc[0])


FRAMES = {"purchase_days": f"{PURCHASE_DAYS} order by customer_id, activity_date", "night": NIGHT}
SCORE = Score(
    inputs=FRAMES,
    tables=("customer_next_order",),
    call=score,
    training=Training(inputs=FRAMES, call=train, rows="purchase_days", day="purchase_date"),
    stream=Stream("purchase_days", among, batches=5),
)
