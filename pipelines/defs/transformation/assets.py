"""The dbt project, one asset per model, in the two runs that the story needs: before the models and after them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from pipelines.dbt import dbt_project, read_customer_key
from pipelines.defs.metadata import table_metadata
from pipelines.defs.resources import ShopResource
from pipelines.defs.transformation.translator import AddressTranslator
from pipelines.shop import read_night
from pipelines.warehouse.build import connect

SCORED = "tag:scored"


@dg.definitions
def transformation() -> dg.Definitions:
    """Two assets definitions over one manifest."""
    project = dbt_project()
    translator = AddressTranslator()

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        exclude=SCORED,
        name="customer_tables",
        dagster_dbt_translator=translator,
    )
    def customer_tables(context: dg.AssetExecutionContext, dbt: DbtCliResource, shop: ShopResource) -> Iterator[Any]:
        yield from build(context, dbt, shop)

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        select=SCORED,
        name="scored_tables",
        dagster_dbt_translator=translator,
    )
    def scored_tables(context: dg.AssetExecutionContext, dbt: DbtCliResource, shop: ShopResource) -> Iterator[Any]:
        yield from build(context, dbt, shop)

    return dg.Definitions(assets=[customer_tables, scored_tables])


def build(context: dg.AssetExecutionContext, dbt: DbtCliResource, shop: ShopResource) -> Iterator[Any]:
    """Build and test the selected models as of the night; unit tests are for `make test`."""
    folder = shop.open().folder
    with connect(folder.warehouse, read_only=True) as connection:
        night = read_night(connection)
    variables = {
        "as_of": str(night.as_of_date),
        "shop_time_zone": night.time_zone,
        "currency": night.currency,
    }
    os.environ["GUANXI_WAREHOUSE"] = str(folder.warehouse)
    os.environ["GUANXI_CUSTOMER_KEY"] = read_customer_key(folder.customer_key)
    invocation = dbt.cli(
        ["build", "--exclude-resource-type", "unit_test", "--vars", json.dumps(variables)],
        context=context,
        target_path=folder.warehouse.parent / "dbt" / context.op_execution_context.op.name,
    )
    yield from with_table_metadata(context, invocation.stream(), folder.warehouse)


def with_table_metadata(context: dg.AssetExecutionContext, events: Iterator[Any], warehouse: Path) -> Iterator[Any]:
    """The events of a dbt run, tables with their metadata. They are held back until dbt, the one writer, is done."""
    held: list[Any] = []
    failure: Exception | None = None
    try:
        held.extend(events)
    except Exception as problem:
        failure = problem
    for event in held:
        if isinstance(event, dg.Output):
            table = ".".join(context.asset_key_for_output(event.output_name).path)
            event = event.with_metadata({**event.metadata, **table_metadata(warehouse, table)})
        yield event
    if failure:
        raise failure
