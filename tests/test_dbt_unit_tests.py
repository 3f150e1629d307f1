"""dbt's unit tests, on a warehouse without a row but the night's: each that the project has is run and passes."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest


def make_sources(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """A relation for every source, empty but for the night: the feeds by their contracts, the rest by their yml."""
    from pipelines.dbt import manifest
    from pipelines.landing.contracts import load_contracts
    from pipelines.landing.lake import create_raw_view, create_superseded_table
    from pipelines.landing.nights import EVER
    from pipelines.night.going_on import note_changes
    from pipelines.night.shop import Night, write_night

    for contract in load_contracts().values():
        create_raw_view(connection, lake, contract, ["sample"])
        create_superseded_table(connection, lake, contract, ["sample"], EVER)
    note_changes(connection, lake, ["sample"], EVER, "", ())
    connection.execute("create schema ops")
    write_night(connection, Night(date(2026, 6, 30), "Asia/Shanghai", "CNY", "sample"))
    for source in manifest()["sources"].values():
        if (
            source["schema"] in ("ops", "changed") or source["name"] in load_contracts()
        ):  # of ops, models read the night alone
            continue
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in source["columns"].values())
        connection.execute(f"create schema if not exists {source['schema']}")
        connection.execute(f"create table {source['schema']}.{source['name']} ({columns})")


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    file = tmp_path / "guanxi.duckdb"
    with duckdb.connect(str(file)) as connection:
        make_sources(connection, tmp_path / "lake")
    return file


def build(folder: Path, *options: str) -> tuple[dict[str, str], str]:
    """What becomes of each node, and all that dbt says."""
    from pipelines.dbt import parsed_project
    from pipelines.dbt_command import run_dbt
    from pipelines.settings.model import Settings

    command = ["build", *options, "--vars", json.dumps(Settings().dbt_variables())]
    run_dbt(command, folder / "guanxi.duckdb", folder / "target", parsed_project())
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return {result["unique_id"]: result["status"] for result in results}, (folder / "target" / "dbt.log").read_text()


def test_every_dbt_unit_test_is_run_and_passes(warehouse: Path) -> None:
    from pipelines.dbt import manifest

    statuses, told = build(warehouse.parent, "--empty", "--exclude-resource-type", "test")
    ran = {name: status for name, status in statuses.items() if name.startswith("unit_test.")}
    assert ran, told
    assert ran.keys() == manifest()["unit_tests"].keys()
    assert set(ran.values()) == {"pass"}, told
    assert set(statuses.values()) == {"pass", "success"}, told


@pytest.mark.parametrize("rows", ["delete from ops.night", "insert into ops.night from ops.night"])
def test_a_build_stops_without_the_one_row_of_its_night(warehouse: Path, rows: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(rows)
    statuses, told = build(warehouse.parent, "--exclude-resource-type", "unit_test", "--select", "+int_past_orders")
    assert statuses["model.guanxi.int_past_orders"] == "skipped", told


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Pacific/Apia"])
def test_the_business_date_of_an_instant_is_what_the_calendar_of_its_zone_says(warehouse: Path, zone: str) -> None:
    """On days on which its offset changes, too, and in years of which no offset is listed."""
    from pipelines.night.shop import Night, write_night

    first_days = [date(1969, 12, 30), date(2011, 12, 29), date(2025, 3, 8), date(2025, 11, 1), date(2099, 12, 31)]
    begins = [datetime.combine(day, time()) for day in first_days]
    instants = [begin + timedelta(minutes=20 * number) for begin in begins for number in range(4 * 72)]
    with duckdb.connect(str(warehouse)) as connection:
        write_night(connection, Night(date(2101, 1, 1), zone, "CNY", "sample"))
        columns = {name: kind for name, kind, *_ in connection.execute("describe raw.events").fetchall()}
        told = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in columns.items() if name != "occurred_at")
        connection.execute(
            f"create table raw.instants as select {told}, unnest(?::timestamp[]) as occurred_at", [instants]
        )
        connection.execute("create or replace view raw.events as from raw.instants")
    build(warehouse.parent, "--select", "stg_events")
    with duckdb.connect(str(warehouse)) as connection:
        found = dict(connection.execute("select occurred_at, event_date from staging.stg_events").fetchall())
    assert found == {one: one.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() for one in instants}
