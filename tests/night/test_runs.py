"""What the orchestrator's pages show of a night: tags, red where the fault is and nowhere else, killed runs closed."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines.folders import DataFolder
from tests.conftest import Run
from tests.night.test_trust import materialize

pytestmark = pytest.mark.xdist_group("same_night")  # one worker builds that night, once


def instance_of(run: Run) -> dg.DagsterInstance:
    from pipelines.runner import prepare_instance

    prepare_instance(DataFolder(run.home))
    return dg.DagsterInstance.get()


def red_assets(instance: dg.DagsterInstance) -> set[str]:
    """The assets that the web UI paints red: the newest run that planned them failed and did not make them."""
    keys = instance.get_asset_keys()
    red = set()
    for record in instance.get_asset_records(keys):
        entry = record.asset_entry
        planned = instance.get_latest_planned_materialization_info(entry.asset_key)
        made = entry.last_materialization.run_id if entry.last_materialization else None
        for run_id in {planned.run_id if planned else None, entry.last_run_id} - {None, made}:
            if instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.FAILURE:
                red.add(entry.asset_key.to_user_string())
    return red


def checks_without_a_word(instance: dg.DagsterInstance) -> int:
    """The checks that the web UI paints red because a failed run never came to them."""
    from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable
    from sqlalchemy import select

    with instance.event_log_storage.index_connection() as connection:
        statuses = connection.execute(select(AssetCheckExecutionsTable.c.execution_status)).fetchall()
    return [status for (status,) in statuses].count("PLANNED")


def test_a_run_of_the_command_line_is_on_the_uis_pages(first_night: Run) -> None:
    with instance_of(first_night) as instance:
        [run] = instance.get_runs()
    assert run.job_name == "nightly"
    assert run.tags["guanxi/as_of"] == "2026-06-30"
    assert run.tags["guanxi/sources"] == "sample"
    assert run.tags["guanxi/verdict"] == "published"
    assert run.remote_job_origin.location_name == "guanxi"


def test_every_table_shows_its_rows_and_the_meaning_of_its_columns(first_night: Run) -> None:
    """Landing and lake hold files, what is published is listed by table, raw tables have their contract's columns."""
    with instance_of(first_night) as instance:
        records = {record.asset_entry.asset_key: record.asset_entry for record in instance.get_asset_records()}
    tables = [key for key in records if key.path[0] not in ("landing", "lake", "published")]
    assert len(tables) > 35
    for key in tables:
        metadata = records[key].last_materialization.asset_materialization.metadata
        assert ("dagster/row_count" in metadata) != (key.path[0] == "staging"), key
        is_open = key.path[0] in ("marts", "ml", "features", "ops") and key.path[1] != "quarantined_rows"
        assert ("preview" in metadata) == is_open, key
        if key.path[0] != "raw":
            columns = metadata["dagster/column_schema"].schema.columns
            assert columns, key
            assert not [column.name for column in columns if is_open and not column.description], key


def test_a_red_night_is_red_where_the_fault_is(first_night: Run, sample_files: Path, tmp_path: Path) -> None:
    night = first_night.copy(tmp_path / "data")
    landed = tmp_path / "files"
    landed.mkdir()
    for path in sample_files.glob("*.*"):
        (landed / path.name).symlink_to(path)
    (landed / "orders-bad.csv").write_text(
        "order_id,account_id,ordered_at,status,currency,total\nbad-1,,2026-06-29 10:00:00,credit_note,CNY,10.00\n"
    )
    red = night.again(sources={"sample": str(landed)})
    assert not red.outcome.is_success
    with instance_of(night) as instance:
        [run] = instance.get_runs(limit=1)
        assert run.status == dg.DagsterRunStatus.FAILURE
        assert run.tags["guanxi/verdict"] == "not published"
        assert run.tags["guanxi/broken_rule"] == "raw.orders: credit_notes_give_money_back"
        assert red_assets(instance) == set()
        assert checks_without_a_word(instance) == 0
        gate = dg.AssetCheckKey(dg.AssetKey(["raw", "orders"]), "is_what_was_promised")
        told = instance.event_log_storage.get_latest_asset_check_execution_by_key([gate])[gate]
        assert told.status.value == "FAILED"


def test_a_run_of_the_ui_without_a_configuration_is_of_the_data_directorys_own_shop(
    first_night: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    night = first_night.copy(tmp_path / "data")
    monkeypatch.setenv("GUANXI_DATA_DIR", str(night.home))
    assert materialize(night, "ops/night", configuration={}).success
    with duckdb.connect(str(night.home / "warehouse" / "guanxi.duckdb"), read_only=True) as connection:
        assert connection.execute("select source_names, currency from ops.night").fetchall() == [("sample", "CNY")]
    wrong = {"resources": {"shop": {"config": {"tiers": {"vip": 1}}}}}
    refused = materialize(night, "ops/night", configuration=wrong)
    assert not refused.success


def test_a_typo_in_a_run_of_the_ui_reddens_nothing(first_night: Run, tmp_path: Path) -> None:
    from pipelines.definitions import defs

    night = first_night.copy(tmp_path / "data")
    with instance_of(night) as instance:
        result = (
            defs()
            .resolve_job_def("nightly")
            .execute_in_process(
                run_config=night.configuration(as_of="yesterday"),
                instance=instance,
                raise_on_error=False,
            )
        )
        assert not result.success
        assert red_assets(instance) == set()
        assert checks_without_a_word(instance) == 0


def test_bad_input_is_found_before_a_run_is_recorded(first_night: Run, tmp_path: Path) -> None:
    from pipelines.problems import BadInput

    night = first_night.copy(tmp_path / "data")
    bad = tmp_path / "files"
    bad.mkdir()
    (bad / "customers.csv").write_text("account_id\na1\n")
    (bad / "orders.csv").write_text("order_id,status\no1,paid\n")
    with pytest.raises(BadInput, match="ordered_at"):
        night.again(sources={"sample": str(bad)})
    with instance_of(night) as instance:
        assert instance.get_runs_count() == 1


def leave_open(instance: dg.DagsterInstance) -> dg.DagsterRun:
    """A run as a killed process leaves it: started, everything planned, nothing done."""
    from dagster._core.events import DagsterEvent, DagsterEventType

    from pipelines.definitions import defs

    run = instance.create_run_for_job(defs().resolve_job_def("nightly"))
    event = DagsterEvent(DagsterEventType.PIPELINE_START.value, run.job_name)
    instance.report_dagster_event(event, run.run_id)
    return run


def test_a_killed_run_is_closed_by_the_next_and_leaves_nothing_red(first_night: Run, tmp_path: Path) -> None:
    night = first_night.copy(tmp_path / "data")
    with instance_of(night) as instance:
        killed = leave_open(instance)
        assert instance.get_run_by_id(killed.run_id).status == dg.DagsterRunStatus.STARTED
        assert checks_without_a_word(instance) > 0
    assert materialize(night, "landing/files").success
    with instance_of(night) as instance:
        closed = instance.get_run_by_id(killed.run_id)
        assert closed.status == dg.DagsterRunStatus.FAILURE
        assert closed.tags["guanxi/verdict"] == "killed"
        assert red_assets(instance) == set()


def test_the_watch_closes_a_killed_run_so_that_the_schedule_goes_on(
    first_night: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipelines.night.runs as runs
    from pipelines.night.shop import at_work

    night = first_night.copy(tmp_path / "data")
    folder = DataFolder(night.home)
    with instance_of(night) as instance:
        killed = leave_open(instance)
        assert runs.watch(instance, folder) == []  # it may just be starting
        monkeypatch.setattr(runs, "GRACE", timedelta(0))
        assert runs.watch(instance, folder) == [killed.run_id]
        assert instance.get_run_by_id(killed.run_id).is_finished
        leave_open(instance)
        assert_left_alone_while_somebody_is_at_work(instance, folder, at_work)


def assert_left_alone_while_somebody_is_at_work(instance: dg.DagsterInstance, folder: DataFolder, at_work: Any) -> None:
    import subprocess
    import sys

    hold = f"import sys, fcntl; f = open({str(folder.home / '.lock')!r}, 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(1)"
    code = f"{hold}; sys.stdout.flush(); sys.stdin.read()"
    import pipelines.night.runs as runs

    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        assert runs.watch(instance, folder) == []
        holder.stdin.close()


@pytest.mark.wide
def test_old_runs_logs_and_nights_are_pruned_and_what_readers_see_stays(first_night: Run, tmp_path: Path) -> None:
    from pipelines.night.runs import RUNS_KEPT, prune

    night = first_night.copy(tmp_path / "data")
    folder = DataFolder(night.home)
    old_log = folder.logs / "old.log"
    old_log.write_text("old")
    long_ago = time.time() - 40 * 86_400
    os.utime(old_log, (long_ago, long_ago))
    old_night = folder.published / "generations" / "20200101T000000000000"
    old_night.mkdir()
    with instance_of(night) as instance:
        for _ in range(RUNS_KEPT + 2):
            run = leave_open(instance)
            instance.report_run_failed(run, "over")
        prune(instance, folder, days=30)
        assert instance.get_runs_count() == RUNS_KEPT + 3  # none is old
        assert not old_log.exists()
        assert not old_night.exists()
        assert night.published.exists()
        [first] = [run.run_id for run in instance.get_runs() if run.tags.get("guanxi/verdict") == "published"]
        assert list((folder.dagster_home / "history" / "runs").glob(f"{first}.db"))
        prune_as_if_in(instance, folder, days=60)
        assert instance.get_runs_count() == RUNS_KEPT
        assert not list((folder.dagster_home / "history" / "runs").glob(f"{first}.db"))
        assert night.published.exists()


def prune_as_if_in(instance: dg.DagsterInstance, folder: DataFolder, days: int) -> None:
    import pipelines.night.runs as runs

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(UTC) + timedelta(days=days)

    real, runs.datetime = runs.datetime, Later
    try:
        runs.prune(instance, folder, days=30)
    finally:
        runs.datetime = real
