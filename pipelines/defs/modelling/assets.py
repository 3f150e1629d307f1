"""From features to scores: reads two tables, calls the pure models, writes three. The mathematics is in models/."""

from collections.abc import Iterator

import dagster as dg
import pandas as pd

from pipelines.defs.metadata import table_metadata
from pipelines.defs.resources import ShopResource
from pipelines.shop import read_night
from pipelines.warehouse.build import connect, write_frame

INPUTS = [dg.AssetKey(["features", "customer_features"]), dg.AssetKey(["features", "customer_outcomes"])]
TABLES = {
    "customer_lifetime_value": "One row per customer with a purchase: expected orders, spend and value to come.",
    "customer_churn": "One row per customer with a purchase in the past year: probability of none in the next 90 days.",
    "model_metrics": "One row per model, candidate and metric: how right it was on later data, beside naive rules.",
}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["ml", name], deps=INPUTS, group_name="modelling", kinds={"python"}, description=text)
        for name, text in TABLES.items()
    ],
)
def scores(context: dg.AssetExecutionContext, shop: ShopResource) -> Iterator[dg.MaterializeResult]:
    """Lifetime value and churn of every customer as of tonight, and the evaluation of both on a window that is over."""
    from models.churn.forecast import forecast_churn
    from models.lifetime_value.forecast import forecast_lifetime_value

    build = shop.open().folder.warehouse
    with connect(build, read_only=True) as connection:
        night = read_night(connection)
        features, outcomes = (
            connection.execute(f"select * from {'.'.join(key.path)} order by customer_id, as_of_date").df()
            for key in INPUTS
        )
    value = forecast_lifetime_value(features, outcomes)
    churn = forecast_churn(features, outcomes)
    for note in [*value.notes, *churn.notes]:
        context.log.warning(note)
    metrics = pd.concat([value.metrics.assign(model="lifetime_value"), churn.metrics.assign(model="churn")])
    frames = {"customer_lifetime_value": value.scores, "customer_churn": churn.scores, "model_metrics": metrics}
    with connect(build) as connection:
        for name, frame in frames.items():
            write_frame(connection, f"ml.{name}", frame.assign(as_of_date=night.as_of_date))
    notes = {"customer_lifetime_value": value.notes, "customer_churn": churn.notes, "model_metrics": []}
    for name in frames:
        metadata = table_metadata(build, f"ml.{name}")
        if notes[name]:
            metadata["notes"] = dg.MetadataValue.md("\n".join(f"- {note}" for note in notes[name]))
        yield dg.MaterializeResult(["ml", name], metadata=metadata)
