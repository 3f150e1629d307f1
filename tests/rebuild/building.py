"""All tables of a business day from a lake, by plain calls of what the night calls; and a lake cut at a past day."""

import json
import os
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.folders import DBT_PROJECT
from pipelines.landing.account_arrivals import create_account_arrivals
from pipelines.landing.contracts import Contract, load_contracts
from pipelines.landing.lake import create_raw_view, create_superseded_table
from pipelines.landing.nights import BusinessDay, nights_file
from pipelines.landing.parts import committed_parts, manifest_path, quarantine_path, rows_path
from pipelines.landing.reference_tables import write_reference_tables
from pipelines.modelling.scoring import Asking, Scored, keep_tables, read_inputs, scores
from pipelines.night.going_on import note_changes, remember_build
from pipelines.night.shop import Night, write_night
from pipelines.settings.model import Settings
from pipelines.tables import history
from pipelines.warehouse.build import connect, prepare_build, row_counts
from pipelines.warehouse.customer_key import write_customer_key
from pipelines.warehouse.duckdb_tables import open_tables
from pipelines.warehouse.previous_night import write_previous_segments
from tests.rebuild.history import History

ZONE = "Asia/Shanghai"
COMPARED = ("raw", "superseded", "staging", "intermediate", "marts", "features", "ml")


def build(lake: Path, folder: Path, day: date, is_scored: bool = True) -> Path:
    """The warehouse with every table as of the day; one that is in the folder already goes on from what it holds."""
    warehouse, whole = with_sources(lake, folder, day)
    run_dbt(warehouse, "--exclude", "source:ml+", *whole)
    with connect(warehouse) as connection:
        remember_build(connection)
    if not is_scored:
        return warehouse
    with open_tables(warehouse) as tables:
        for name, score in scores().items():
            training, model, made = score.training, None, Scored({})
            if training:
                trained = training.call(read_inputs(tables, training.inputs), Settings())
                model, made = trained.model, trained.made
            scored = Asking(score, tables.read, Settings(), model).whole()
            keep_tables(tables, name, score, made.followed_by(scored), day)
    run_dbt(warehouse, "--select", "source:ml+")
    return warehouse


def with_sources(lake: Path, folder: Path, day: date) -> tuple[Path, list[str]]:
    """The warehouse with all that dbt reads as of the day, and what dbt is told when nothing may be kept."""
    folder.mkdir(exist_ok=True)
    warehouse = folder / "guanxi.duckdb"  # dbt knows the database by this name
    prepare_build(warehouse, folder / "nothing is published", history())
    with connect(warehouse) as connection:
        for feed in load_contracts().values():
            create_raw_view(connection, lake, feed, ["sample"], BusinessDay(day, ZONE), is_kept=True)
            create_superseded_table(connection, lake, feed, ["sample"], BusinessDay(day, ZONE))
        create_account_arrivals(connection, lake, ["sample"], BusinessDay(day, ZONE))
        write_reference_tables(connection, folder)
        write_previous_segments(connection, folder / "nothing is published", day)
        write_night(connection, Night(day, ZONE, "CNY", "sample"))
        write_customer_key(connection, "0" * 32)
        whole = [] if note_changes(connection, lake, ["sample"], BusinessDay(day, ZONE), "", ()) else ["--full-refresh"]
    return warehouse, whole


def run_dbt(warehouse: Path, *selection: str) -> None:
    """Builds the selected models and seeds in this process, without their tests."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    os.environ["GUANXI_WAREHOUSE"] = str(warehouse)
    skipped = [option for kind in ("unit_test", "test") for option in ("--exclude-resource-type", kind)]
    command = ["build", *skipped, *selection, *_options(warehouse.parent)]
    result = dbtRunner(manifest=_manifest(warehouse.parent)).invoke(command)
    DuckDBConnectionManager.close_all_connections()
    assert result.success, result.exception or [node.message for node in result.result if node.status == "error"]


def _options(folder: Path) -> list[str]:
    project = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--quiet", "--no-partial-parse"]
    project += ["--vars", json.dumps(Settings().dbt_variables())]
    return [*project, "--target-path", str(folder / "dbt"), "--log-path", str(folder / "dbt")]


_manifests: list[Any] = []


def _manifest(folder: Path) -> Any:
    """The parsed project; once is enough, it does not depend on the day."""
    from dbt.cli.main import dbtRunner

    if not _manifests:
        result = dbtRunner().invoke(["parse", *_options(folder)])
        assert result.success, result.exception
        _manifests.append(result.result)
    return _manifests[0]


def cut(history: History, lake: Path, day: date) -> None:
    """A copy of the history's lake as it was on the day: files, versions and corrections that came later are left out.

    Of a row that was reported only later the first report stays.
    """
    shutil.copytree(history.lake, lake)
    nights = nights_file(lake).read_text().splitlines(keepends=True)
    nights_file(lake).write_text("".join(line for line in nights if json.loads(line)["as_of"] <= str(day)))
    for contract in load_contracts().values():
        _cut_feed(history, contract, lake / contract.feed / "sample", day)


def _cut_feed(history: History, contract: Contract, folder: Path, day: date) -> None:
    parts = committed_parts(folder)
    if not parts:
        return
    files = ", ".join(
        f"('{part.file_hash}', date '{history.known_on[contract.feed, part.file_hash]}')" for part in parts
    )
    changed_on = f"cast({contract.version} + interval 8 hours as date)" if contract.version else "null"
    key = ", ".join(contract.key)
    with duckdb.connect() as connection:
        connection.execute(f"""
            create table kept as
            with versions as (
                select columns(rows.*), coalesce({changed_on}, files.known_on) as known_on
                from read_parquet('{folder}/*-????????.parquet') as rows
                join (values {files}) as files(file_hash, known_on) using (file_hash)
            )
            select * from versions
            qualify known_on <= greatest(min(known_on) over (partition by {key}), date '{day}')""")
        for part in parts:
            _write_kept(connection, folder, part.part, part.file_hash)


def _write_kept(connection: duckdb.DuckDBPyConnection, folder: Path, part: str, file_hash: str) -> None:
    kept = f"(select * exclude (known_on) from kept where file_hash = '{file_hash}')"
    if connection.execute(f"select count(*) from {kept}").fetchall() == [(0,)]:
        for file in (manifest_path(folder, part), quarantine_path(folder, part), rows_path(folder, part)):
            file.unlink(missing_ok=True)
    else:
        connection.execute(f"copy {kept} to '{rows_path(folder, part)}' (format parquet)")


def differences(one: Path, other: Path) -> dict[str, int]:
    """By table, rows that are in only one of two warehouses; every table of both is compared."""
    tables, others = _rows(one), _rows(other)  # but for what changed since a build, which is another for each
    assert tables.keys() == others.keys()
    assert len(tables) > 25
    return {table: ((rows - others[table]) + (others[table] - rows)).total() for table, rows in tables.items()}


def _rows(warehouse: Path) -> dict[str, Counter]:
    with connect(warehouse, read_only=True) as connection:
        return {
            table: Counter(connection.execute(f"from {table}").fetchall())
            for table in row_counts(connection, COMPARED)
            if "changed" not in table
        }
