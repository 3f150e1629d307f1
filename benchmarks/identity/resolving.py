"""Takes a shop's files into a lake and builds the tables of identity alone. What it measures is said elsewhere."""

import json
from datetime import date
from pathlib import Path

from pipelines.dbt import parsed_project
from pipelines.dbt_command import run_dbt
from pipelines.landing.account_arrivals import create_account_arrivals
from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.lake import create_raw_view, create_superseded_table
from pipelines.landing.nights import BusinessDay
from pipelines.landing.reference_tables import write_reference_tables
from pipelines.landing.sources import load_source
from pipelines.night.going_on import note_changes
from pipelines.night.shop import Night, write_night
from pipelines.settings.model import Settings
from pipelines.warehouse.build import connect
from pipelines.warehouse.customer_key import write_customer_key


def resolve(files: Path, work: Path, day: date, source_name: str = "sample") -> Path:
    """The warehouse in `work` with intermediate.int_customer_accounts of the shop's files as of the day.

    The shop's own `identity_overrides.csv` may lie in `work`.
    """
    source, lake, warehouse = load_source(source_name), work / "lake", work / "guanxi.duckdb"
    as_of = BusinessDay(day, source.time_zone)
    for feed in load_contracts():
        ingest_feed(source, files, feed, lake)
    with connect(warehouse) as connection:
        for schema in ("raw", "ops"):
            connection.execute(f"create schema if not exists {schema}")
        for contract in load_contracts().values():
            create_raw_view(connection, lake, contract, [source.name], as_of, is_kept=True)
            create_superseded_table(connection, lake, contract, [source.name], as_of)
        create_account_arrivals(connection, lake, [source.name], as_of)
        write_reference_tables(connection, work)
        write_night(connection, Night(day, source.time_zone, source.currency, source.name))
        write_customer_key(connection, "0" * 32)
        note_changes(connection, lake, [source.name], as_of, "", ())
    build_identity(warehouse, "+int_customer_accounts")
    return warehouse


def build_identity(warehouse: Path, selection: str, settings: Settings | None = None) -> None:
    """Has dbt build the selected tables from nothing, and ask whether the rounds of linking were enough."""
    variables = json.dumps((settings or Settings()).dbt_variables())
    chosen = ["--select", selection, "--full-refresh", "--quiet", "--vars", variables]
    for command in (["run", *chosen], ["test", "--select", "assert_a_link_leads_to_one_component", *chosen[3:]]):
        if not run_dbt(command, warehouse, warehouse.parent / "dbt", parsed_project()):
            raise SystemExit(f"dbt failed: see {warehouse.parent / 'dbt' / 'dbt.log'}")
