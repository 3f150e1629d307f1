"""The dbt project, one asset per model, in the two runs that the story needs: before the models and after them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslatorSettings, dbt_assets

from pipelines.dbt import manifest, parsed_project, recipe
from pipelines.dbt_command import run_dbt
from pipelines.dbt_results import DbtResults
from pipelines.defs.metadata import tables_metadata
from pipelines.defs.resources import ShopResource
from pipelines.defs.transformation.events import Event, check_of, events_of
from pipelines.defs.transformation.selection import chosen
from pipelines.defs.transformation.translator import AddressTranslator
from pipelines.landing.nights import BusinessDay
from pipelines.landing.reference_tables import reference_digest
from pipelines.night.going_on import goes_on, remember_build
from pipelines.night.runs import BROKEN_RULE, FAULTY, tag
from pipelines.night.shop import read_night
from pipelines.row_promises import Answer, ask_rows, row_tests
from pipelines.warehouse.build import connect
from pipelines.warehouse.spark_tables import known_session, show_tables
from pipelines.warehouse.trust import record_results

CUSTOMER_TABLES = "customer_tables"  # of which rows are kept from night to night
EVERYTHING = "fqn:*"
SCORED = "source:ml+"  # what reads the models' scores
PAST_DBT = ("--exclude-resource-type", "unit_test", "--exclude", "test_type:generic")


@dg.definitions
def transformation() -> dg.Definitions:
    """Two assets definitions over one manifest."""
    return dg.Definitions(assets=[tables(CUSTOMER_TABLES, EVERYTHING, without=SCORED), tables("scored_tables", SCORED)])


def tables(name: str, select: str, without: str = "") -> dg.AssetsDefinition:
    """The tables that one run of dbt builds."""
    # the asset ops/night writes two sources, its own row and raw.customer_key
    translator = AddressTranslator(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    @dbt_assets(
        manifest=manifest(), select=select, exclude=without or None, name=name, dagster_dbt_translator=translator
    )
    def built(context: dg.AssetExecutionContext, shop: ShopResource) -> Iterator[Event]:
        yield from build(context, shop, translator, chosen(context, translator, select, without))
        if name == CUSTOMER_TABLES and not context.is_subset:
            with connect(shop.folder.warehouse) as connection:
                remember_build(connection)

    return built


def build(
    context: dg.AssetExecutionContext, shop: ShopResource, translator: AddressTranslator, selection: list[str]
) -> Iterator[Event]:
    """Build and test the selected models as of the night in `ops.night`; unit tests are for `make test`.

    What the yml promises of rows is asked past dbt, of each table in one statement (pipelines/row_promises.py).
    """
    folder = shop.folder
    results = DbtResults(folder.warehouse.parent / "dbt" / context.op_execution_context.op.name)
    results.forget()
    goes_on = keeps_rows(shop)
    anew = [] if goes_on else ["--full-refresh"]
    variables = json.dumps(shop.settings.dbt_variables())
    command = ["build", *anew, *PAST_DBT, "--vars", variables]
    failure: Exception | None = None
    try:
        if shop.is_on_spark:
            known_session(folder.warehouse)  # which dbt finds at work
        is_built = run_dbt(
            [*command, *selection], folder.warehouse, results.folder, parsed_project(), shop.settings.target
        )
        if shop.is_on_spark:
            show_tables(folder.warehouse)
    except Exception as problem:
        is_built, failure = False, problem
    with connect(folder.warehouse) as connection:
        results.add(answers(context, shop, translator, connection, results.built(), goes_on))
        record_results(connection, context.run.run_id, "dbt", results.by_table())
    yield from with_table_metadata(context, events_of(context, results, translator), folder.warehouse)
    if is_built and not results.is_broken:
        return
    broken = results.sentences()
    if broken:
        tag(context.instance, context.run.run_id, {BROKEN_RULE: broken[0]})
        faulty = dg.MetadataValue.json([table.replace(".", "/") for table in results.errors()])
        raise dg.Failure("; ".join(broken), metadata={FAULTY: faulty}, allow_retries=False) from None
    raise failure or dg.Failure(f"dbt failed and does not say why: see {results.folder / 'dbt.log'}")


def answers(
    context: dg.AssetExecutionContext,
    shop: ShopResource,
    translator: AddressTranslator,
    connection: duckdb.DuckDBPyConnection,
    built: list[str],
    goes_on: bool,
) -> Iterator[Answer]:
    """What came of the promises on rows that this step of the run is asked for: of tables that it built, or all its."""
    session = known_session(shop.folder.warehouse) if shop.is_on_spark else None

    def ask(statement: str) -> tuple[Any, ...]:
        return tuple(session.sql(statement).collect()[0]) if session else connection.execute(statement).fetchall()[0]

    for model, tests in row_tests().items():
        asked = [test for test in tests if check_of(test, translator) in context.selected_asset_check_keys]
        if model in built or translator.get_asset_key(manifest()["nodes"][model]) not in context.selected_asset_keys:
            yield from ask_rows(ask, model, asked, goes_on)


def keeps_rows(shop: ShopResource) -> bool:
    """Whether kept tables go on from the last build: the changes that were found are tonight's; Spark builds all."""
    if shop.is_on_spark:
        return False
    opened = shop.open()
    with connect(opened.folder.warehouse) as connection:
        as_of = BusinessDay(read_night(connection).as_of_date, opened.time_zone)
        made_by = recipe(shop.settings, opened.currency, reference_digest(opened.folder.home))
        return goes_on(connection, opened.folder.lake, opened.source_names, as_of, made_by)


def with_table_metadata(context: dg.AssetExecutionContext, events: Iterable[Event], warehouse: Path) -> Iterator[Event]:
    """The events of a dbt run that is over, tables with their metadata."""
    ended = list(events)
    built = {
        event.output_name: ".".join(context.asset_key_for_output(event.output_name).path)
        for event in ended
        if isinstance(event, dg.Output)
    }
    told = tables_metadata(warehouse, built.values())
    for event in ended:
        if isinstance(event, dg.Output):
            event = event.with_metadata({**event.metadata, **told[built[event.output_name]]})
        yield event
