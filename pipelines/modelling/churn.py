"""Churn: how likely each recent customer is to buy nothing in the coming window. What leaving means is dbt's to say."""

from pipelines.modelling.scoring import FEATURES, OUTCOMES, Inputs, Score, Scored
from pipelines.settings.model import Settings


def score(inputs: Inputs, settings: Settings) -> Scored:
    """Scores of today's eligible customers, measured on a window that is over."""
    from models.churn.forecast import forecast_churn

    churn = forecast_churn(
        inputs["features"],
        inputs["outcomes"],
        horizon_days=settings.churn.horizon_days,
        eligibility_days=settings.churn.eligibility_days,
        medium_from=settings.churn.medium_from,
        high_from=settings.churn.high_from,
    )
    return Scored(
        tables={"customer_churn": churn.scores},
        metrics=churn.metrics,
        notes={"customer_churn": churn.notes},
    )


SCORE = Score(
    inputs={
        "features": f"{FEATURES} order by as_of_date, customer_id",
        "outcomes": f"{OUTCOMES} order by as_of_date, customer_id",
    },
    tables=("customer_churn",),
    call=score,
)
