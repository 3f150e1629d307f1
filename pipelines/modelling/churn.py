"""Churn: how likely each recent customer is to buy nothing in the coming window. What leaving means is dbt's to say."""

from typing import Any

from models.hazard import KNOWN_BY
from models.refusal import REFUSED_BY
from pipelines.modelling.scoring import (
    FEATURES,
    OUTCOMES,
    PURCHASE_DAYS,
    PURCHASES,
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

NOW = ("as_of_date", *sorted({*REFUSED_BY, *KNOWN_BY}))  # what has to be known of today's customers to learn


def train(inputs: Inputs, settings: Settings) -> Trained:
    """Who leaves, learned from past windows and measured on one that is over."""
    from models.churn.forecast import train_churn

    churn = train_churn(
        inputs["past"],
        inputs["today"],
        inputs["outcomes"],
        horizon_days=settings.churn.horizon_days,
        eligibility_days=settings.churn.eligibility_days,
        purchase_days=inputs["purchase_days"],
        search_fits=settings.churn.search_fits,
    )
    tables = {"churn_reliability": churn.reliability}
    return Trained(churn.trained, Scored(tables, churn.metrics, notes={"customer_churn": churn.notes}))


def among(inputs: Inputs, settings: Settings, model: Any) -> Any:
    """What customers are scored by."""
    from models.churn.forecast import standard_of

    medium_from, high_from = settings.churn.bands_from
    return standard_of(
        model,
        inputs["today"],
        horizon_days=settings.churn.horizon_days,
        eligibility_days=settings.churn.eligibility_days,
        medium_from=medium_from,
        high_from=high_from,
    )


def score(inputs: Inputs, settings: Settings, standard: Any) -> Scored:
    """Scores of today's eligible customers."""
    from models.churn.forecast import score_churn

    return Scored({"customer_churn": score_churn(standard, inputs["today"])})


SCORE = Score(
    inputs={"today": TODAY},
    tables=("customer_churn", "churn_reliability"),
    call=score,
    stream=Stream("today", among),
    training=Training(
        inputs={
            "past": f"{FEATURES} where not is_today order by as_of_date, customer_id",
            "today": f"select {', '.join(NOW)} from features.customer_features where is_today",
            "outcomes": OUTCOMES.format("is_eligible, is_churned") + " order by as_of_date, customer_id, horizon_days",
            "purchase_days": PURCHASE_DAYS,
        },
        call=train,
    ),
    forecasts=[
        Forecast("customer_churn", "churn_probability", "horizon_days", PURCHASES, "none"),
        Forecast("customer_churn", "churn_probability_30d", 30, PURCHASES, "none"),
    ],
)
