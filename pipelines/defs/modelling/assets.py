"""From features to scores: reads tables, calls the models, writes tables and pictures. Mathematics is in models/."""

from base64 import b64encode
from collections.abc import Iterator
from itertools import chain

import dagster as dg

from pipelines.dbt import variables
from pipelines.defs.metadata import table_metadata
from pipelines.defs.resources import ShopResource
from pipelines.modelling import Modelled, keep_pictures, read_inputs, run_models
from pipelines.shop import read_night
from pipelines.warehouse.build import connect, write_frame
from pipelines.warehouse.trust import IS_BUILT, Result, record_results

UPSTREAM = (
    ["features", "customer_features"],
    ["features", "customer_outcomes"],
    ["marts", "dim_customers"],
    ["marts", "fct_customer_days"],
)
TABLES = {
    "customer_lifetime_value": "One row per customer with a purchase: value to come, its interval, by which model.",
    "customer_churn": "One row per customer with a purchase in the past year: probability of none in the next 90 days.",
    "model_metrics": "One row per model, candidate, segment and metric: how right, beside naive rules.",
    "calibration": "One row per candidate, measure and tenth of customers: forecast beside what happened.",
    "order_tracking": "One row per candidate and period: repeat orders expected beside those that came.",
    "frequency_histogram": "One row per number of repeat purchases: customers expected beside those there are.",
}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(["ml", name], deps=UPSTREAM, group_name="modelling", kinds={"python"}, description=text)
        for name, text in TABLES.items()
    ],
)
def scores(context: dg.AssetExecutionContext, shop: ShopResource) -> Iterator[dg.MaterializeResult]:
    """Lifetime value and churn of every customer as of tonight, and the evaluation of both on windows that are over."""
    folder = shop.open().folder
    with connect(folder.warehouse, read_only=True) as connection:
        night = read_night(connection)
        inputs = read_inputs(connection)
    modelled = run_models(inputs, shop.discount_rate, variables())
    for note in chain.from_iterable(modelled.notes.values()):
        context.log.warning(note)
    keep_pictures(modelled.pictures, folder.pictures)
    with connect(folder.warehouse) as connection:
        for name, frame in modelled.tables.items():
            write_frame(connection, f"ml.{name}", frame, night.as_of_date)
        built = {f"ml.{name}": [Result(IS_BUILT, "error", True)] for name in modelled.tables}
        record_results(connection, context.run.run_id, "modelling", built)
    for name in TABLES:
        metadata = table_metadata(folder.warehouse, f"ml.{name}") | model_metadata(modelled, name)
        yield dg.MaterializeResult(["ml", name], metadata=metadata)


def model_metadata(modelled: Modelled, name: str) -> dict[str, dg.MetadataValue]:
    """What the asset page shows beside the rows: what a reader must know, and the picture."""
    metadata: dict[str, dg.MetadataValue] = {}
    if notes := modelled.notes.get(name):
        metadata["notes"] = dg.MetadataValue.md("\n".join(f"- {note}" for note in notes))
    if picture := modelled.pictures.get(name):
        metadata["picture"] = dg.MetadataValue.md(f"![{name}](data:image/png;base64,{b64encode(picture).decode()})")
    return metadata
