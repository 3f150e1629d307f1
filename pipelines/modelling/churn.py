"""Churn: how likely each recent customer is to buy nothing in the coming window. What leaving means is dbt's to say."""

from pipelines.modelling.scoring import Inputs, Score, Scored, features_and_outcomes
from pipelines.settings.model import Settings

# A dozen dates each: more of them cost minutes and gigabytes and taught nothing (docs/decisions.md).
MOST_CUSTOMERS_TO_LEARN_FROM = 20_000


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
    # the shorter horizon: the other one is that of value
    inputs=features_and_outcomes("min(horizon_days)", MOST_CUSTOMERS_TO_LEARN_FROM, "as_of_date, customer_id"),
    tables=("customer_churn",),
    call=score,
)
