"""Lifetime value: what each customer will spend in the coming year, and how right such forecasts were."""

from collections.abc import Callable

import pandas as pd

from pipelines.modelling.scoring import FEATURES, OUTCOMES, Inputs, Score, Scored
from pipelines.settings.model import Settings


def score(inputs: Inputs, settings: Settings) -> Scored:
    """Scores of today's customers, measured on a window that is over, with a picture of each way to look at it."""
    from models.lifetime_value.forecast import forecast_lifetime_value
    from models.lifetime_value.plots import plot_deciles, plot_frequency, plot_tracking

    value = forecast_lifetime_value(
        inputs["features"],
        inputs["outcomes"],
        traits=inputs["traits"],
        purchase_days=inputs["purchase_days"],
        discount_rate=settings.discount_rate,
        senior_from=float(settings.tiers.senior_from),
        vip_above=float(settings.tiers.vip_above),
    )
    looked_at: dict[str, tuple[Callable[[pd.DataFrame], bytes], pd.DataFrame]] = {
        "order_tracking": (plot_tracking, value.tracking),
        "frequency_histogram": (plot_frequency, value.frequency_histogram),
        "calibration": (plot_deciles, value.calibration),
    }
    return Scored(
        tables={"customer_lifetime_value": value.scores, **{name: frame for name, (_, frame) in looked_at.items()}},
        metrics=value.metrics,
        pictures={name: plot(frame) for name, (plot, frame) in looked_at.items() if len(frame)},
        notes={"customer_lifetime_value": value.notes},
    )


SCORE = Score(
    inputs={
        "features": f"{FEATURES} order by customer_id, as_of_date",
        "outcomes": f"{OUTCOMES} order by customer_id, as_of_date, horizon_days",
        "traits": "select customer_id, channel from marts.dim_customers",
        "purchase_days": """
            select customer_id, activity_date as purchase_date from marts.fct_customer_days where purchase_count > 0
        """,
    },
    tables=("customer_lifetime_value", "calibration", "order_tracking", "frequency_histogram"),
    call=score,
)
