"""The dbt project, one asset per model, in the two runs that the story needs: before the models and after them."""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslatorSettings, DbtCliResource, dbt_assets

from pipelines.dbt import dbt_project
from pipelines.dbt_results import DbtResults
from pipelines.defs.metadata import table_metadata
from pipelines.defs.resources import ShopResource
from pipelines.defs.transformation.translator import AddressTranslator
from pipelines.night.going_on import goes_on, remember_build
from pipelines.night.runs import BROKEN_RULE, FAULTY, tag
from pipelines.warehouse.build import connect
from pipelines.warehouse.trust import record_results

SCORED = "source:ml+"  # what reads the models' scores


@dg.definitions
def transformation() -> dg.Definitions:
    """Two assets definitions over one manifest."""
    project = dbt_project()
    # the asset ops/night writes two sources, its own row and raw.customer_key
    translator = AddressTranslator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    @dbt_assets(
        manifest=project.manifest_path,
        project=project,
        exclude=SCORED,
        name="customer_tables",
        dagster_dbt_translator=translator,
    )
    def customer_tables(context: dg.AssetExecutionContext, dbt: DbtCliResource, shop: ShopResource) -> Iterator[Any]:
        yield from build(context, dbt, shop)
        if not context.is_subset:
            with connect(shop.folder.warehouse) as connection:
                remember_build(connection)

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
    """Build and test the selected models as of the night in `ops.night`; unit tests are for `make test`."""
    folder = shop.folder
    os.environ["GUANXI_WAREHOUSE"] = str(folder.warehouse)
    results = DbtResults(folder.warehouse.parent / "dbt" / context.op_execution_context.op.name)
    results.forget()
    with connect(folder.warehouse) as connection:
        anew = [] if goes_on(connection) else ["--full-refresh"]
    command = [
        "build",
        *anew,
        "--exclude-resource-type",
        "unit_test",
        "--vars",
        json.dumps(shop.settings.dbt_variables()),
    ]
    invocation = dbt.cli(command, context=context, target_path=results.folder)
    held: list[Any] = []
    failure: Exception | None = None
    try:
        held.extend(invocation.stream())  # held back until dbt, the one writer, is done
    except Exception as problem:
        failure = problem
    with connect(folder.warehouse) as connection:
        record_results(connection, context.run.run_id, "dbt", results.by_table())
    yield from with_table_metadata(context, held, folder.warehouse)
    if failure:
        if broken := results.sentences():
            tag(context.instance, context.run.run_id, {BROKEN_RULE: broken[0]})
            faulty = dg.MetadataValue.json([table.replace(".", "/") for table in results.errors()])
            raise dg.Failure("; ".join(broken), metadata={FAULTY: faulty}, allow_retries=False) from None
        raise failure


def with_table_metadata(context: dg.AssetExecutionContext, events: Iterable[Any], warehouse: Path) -> Iterator[Any]:
    """The events of a dbt run that is over, tables with their metadata."""
    for event in events:
        if isinstance(event, dg.Output):
            table = ".".join(context.asset_key_for_output(event.output_name).path)
            event = event.with_metadata({**event.metadata, **table_metadata(warehouse, table)})
        yield event
