"""One night's modelling as plain calls: what the models are given, what becomes of it. Knows no Dagster."""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

INPUTS = {
    "features": "select * from features.customer_features order by customer_id, as_of_date",
    "outcomes": "select * from features.customer_outcomes order by customer_id, as_of_date, horizon_days",
    "traits": "select customer_id, channel from marts.dim_customers order by customer_id",
    "purchase_days": """
        select customer_id, activity_date as purchase_date from marts.fct_customer_days
        where purchase_count > 0 order by customer_id, purchase_date
    """,
}


@dataclass(frozen=True)
class Modelled:
    """What the models made: tables of the schema `ml`, pictures and what a reader must know, each by table name."""

    tables: dict[str, pd.DataFrame]
    pictures: dict[str, bytes]
    notes: dict[str, list[str]]


def read_inputs(connection: duckdb.DuckDBPyConnection) -> dict[str, pd.DataFrame]:
    """The frames that the models are given, each in an order of its own so that a rerun gives the same result."""
    return {name: connection.execute(query).df() for name, query in INPUTS.items()}


def run_models(inputs: dict[str, pd.DataFrame], discount_rate: float, thresholds: dict[str, int]) -> Modelled:
    """Lifetime value and churn of today's customers, and the evaluation of both on windows that are over.

    `discount_rate` is a year's interest as a share; `thresholds` are dbt's variables: the tiers' limits, and the
    days of churn, which decide what the outcomes are too.
    """
    from models.churn.forecast import forecast_churn
    from models.lifetime_value.forecast import forecast_lifetime_value

    features, outcomes = inputs["features"], inputs["outcomes"]
    value = forecast_lifetime_value(
        features,
        outcomes,
        traits=inputs["traits"],
        purchase_days=inputs["purchase_days"],
        discount_rate=discount_rate,
        senior_from=thresholds["senior_from"],
        vip_above=thresholds["vip_above"],
    )
    churn = forecast_churn(
        features,
        outcomes,
        horizon_days=thresholds["churn_horizon_days"],
        eligibility_days=thresholds["churn_eligibility_days"],
    )
    metrics = [value.metrics.assign(model="lifetime_value"), churn.metrics.assign(model="churn", segment="all")]
    return Modelled(
        tables={
            "customer_lifetime_value": value.scores,
            "customer_churn": churn.scores,
            "model_metrics": pd.concat(metrics).astype({"model": "str", "segment": "str"}),
            "calibration": value.calibration,
            "order_tracking": value.tracking,
            "frequency_histogram": value.frequency_histogram,
        },
        pictures=draw(value.tracking, value.frequency_histogram, value.calibration),
        notes={"customer_lifetime_value": value.notes, "customer_churn": churn.notes},
    )


def draw(tracking: pd.DataFrame, histogram: pd.DataFrame, calibration: pd.DataFrame) -> dict[str, bytes]:
    """A picture for each table that has rows, by the table's name."""
    from models.lifetime_value.plots import plot_deciles, plot_frequency, plot_tracking

    drawn = {
        "order_tracking": (plot_tracking, tracking),
        "frequency_histogram": (plot_frequency, histogram),
        "calibration": (plot_deciles, calibration),
    }
    return {name: plot(frame) for name, (plot, frame) in drawn.items() if len(frame)}


def keep_pictures(pictures: dict[str, bytes], folder: Path) -> None:
    """Write the pictures of tonight over those of the night before."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for name, picture in pictures.items():
        (folder / f"{name}.png").write_bytes(picture)
