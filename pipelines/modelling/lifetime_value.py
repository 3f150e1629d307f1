"""Lifetime value: what each customer will spend in the coming year, and how right such forecasts were."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from models.lifetime_value.evidence import FITTED
from models.lifetime_value.evidence import OUTCOMES as FOLLOWED
from pipelines.modelling.scoring import (
    FEATURES,
    NET_SALES,
    OUTCOMES,
    PURCHASE_DAYS,
    TODAY,
    Forecast,
    Inputs,
    Score,
    Scored,
    Stream,
    Trained,
    Training,
)
from pipelines.settings.model import Settings


def train(inputs: Inputs, settings: Settings) -> Trained:
    """The forecasts that were best on windows that are over, with a picture of each way to look at how right."""
    from models.lifetime_value.forecast import train_lifetime_value
    from models.lifetime_value.plots import plot_deciles, plot_tracking

    value = train_lifetime_value(
        inputs["past"],
        inputs["today"],
        inputs["outcomes"],
        purchase_days=inputs["purchase_days"],
        discount_rate=settings.discount_rate,
        senior_from=float(settings.tiers.senior_from),
        vip_above=float(settings.tiers.vip_above),
    )
    looked_at: dict[str, tuple[Callable[[pd.DataFrame], bytes], pd.DataFrame]] = {
        "order_tracking": (plot_tracking, value.tracking),
        "calibration": (plot_deciles, value.calibration),
    }
    made = Scored(
        tables={name: frame for name, (_, frame) in looked_at.items()},
        metrics=value.metrics,
        pictures={name: plot(frame) for name, (plot, frame) in looked_at.items() if len(frame)},
        notes={"customer_lifetime_value": value.notes},
    )
    return Trained(value.trained, made)


def among(inputs: Inputs, settings: Settings, model: Any) -> Any:
    """What customers are scored by."""
    from models.lifetime_value.forecast import standard_of

    return standard_of(model, inputs["today"])


def score(inputs: Inputs, settings: Settings, standard: Any) -> Scored:
    """Scores of today's customers, and how often they came back beside what the purchase model expects."""
    from models.lifetime_value.forecast import score_lifetime_value

    scored = score_lifetime_value(standard, inputs["today"])
    return Scored({"customer_lifetime_value": scored.scores, "frequency_histogram": scored.frequency_histogram})


def picture(histogram: pd.DataFrame) -> bytes | None:
    """How often customers came back; None when there is no purchase model to compare with."""
    from models.lifetime_value.plots import plot_frequency

    return plot_frequency(histogram) if len(histogram) else None


SCORE = Score(
    inputs={"today": TODAY},
    tables=("customer_lifetime_value", "calibration", "order_tracking", "frequency_histogram"),
    call=score,
    stream=Stream(
        "today", among, added_up={"frequency_histogram": "frequency"}, pictures={"frequency_histogram": picture}
    ),
    training=Training(
        inputs={
            "past": f"{FEATURES} where not is_today order by customer_id, as_of_date",
            "today": f"select {', '.join(FITTED)} from features.customer_features where is_today order by customer_id",
            "outcomes": OUTCOMES.format(", ".join(FOLLOWED)) + " order by customer_id, as_of_date, horizon_days",
            "purchase_days": PURCHASE_DAYS,
        },
        call=train,
    ),
    forecasts=[
        Forecast("customer_lifetime_value", "predicted_value_30d", 30, NET_SALES, "sum"),
        Forecast("customer_lifetime_value", "predicted_value_90d", 90, NET_SALES, "sum"),
        Forecast("customer_lifetime_value", "predicted_value", "horizon_days", NET_SALES, "sum"),
    ],
)
