"""The orchestrator's records of runs: tags that tell a night, runs that died, what is behind a fault, what is too old.

How a run is executed and what it computes does not belong here.
"""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast

import dagster as dg
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, AssetKeyTable, SqlEventLogStorageTable

from pipelines.folders import DataFolder
from pipelines.night.shop import at_work
from pipelines.problems import BadInput
from pipelines.warehouse.publication import drop_generations_before

TAG = "guanxi/"
AS_OF, SOURCES, VERDICT, BROKEN_RULE = (f"{TAG}{name}" for name in ("as_of", "sources", "verdict", "broken_rule"))
PUBLISHED, NOT_PUBLISHED, KILLED = "published", "not published", "killed"
FAULTY = "faulty_assets"  # metadata of a failure in a step that makes several assets: those that are at fault
REPOSITORY_TAG = ".dagster/repository"
LOCATION, REPOSITORY_NAME = "guanxi", "__repository__"
PUBLISHED_ASSET = dg.AssetKey(["published", "guanxi"])

AT_WORK = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
OVER = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
GRACE = timedelta(minutes=1)  # from a run's start until it holds the data directory's lock
RUNS_KEPT = 5  # whatever their age


def tag(instance: dg.DagsterInstance, run_id: str, tags: dict[str, str]) -> None:
    """Note on a run what it does not say yet: of two broken rules the first one counts."""
    run = instance.get_run_by_id(run_id)
    new = {name: value for name, value in tags.items() if run and name not in run.tags}
    if new:
        instance.add_run_tags(run_id, new)


def conclude(instance: dg.DagsterInstance, run_id: str) -> None:
    """When a run's work is over: tell its verdict, and let nothing behind a fault look broken that is intact."""
    if PUBLISHED_ASSET in settle(instance, run_id):
        tag(instance, run_id, {VERDICT: NOT_PUBLISHED})


def settle(instance: dg.DagsterInstance, run_id: str) -> set[dg.AssetKey]:
    """Give assets and checks that the run planned and never reached the state back that they had before it.

    The web UI paints every asset red that a failed run planned and did not make, though its table is as it was. The
    assets of a step that failed stay red, or of several those that its failure names under `FAULTY`. Returns the
    assets that the run planned.
    """
    events = [entry.dagster_event for entry in instance.all_logs(run_id) if entry.dagster_event]
    planned = {event.asset_key for event in events if event.is_asset_materialization_planned and event.asset_key}
    made = {event.asset_key for event in events if event.is_step_materialization}
    untouched = planned - made - _at_fault(events, planned)
    storage = instance.event_log_storage
    entries = [record.asset_entry for record in instance.get_asset_records(list(untouched))]
    lasts = {entry.asset_key: entry.last_materialization_record for entry in entries}
    with storage.index_connection() as connection:  # type: ignore[attr-defined] # of every storage that Dagster ships
        for key in untouched:
            last = lasts.get(key)
            connection.execute(
                AssetKeyTable.update()
                .where(AssetKeyTable.c.asset_key == key.to_string())
                .where(AssetKeyTable.c.last_run_id == run_id)
                .values(last_run_id=last.run_id if last else None)
            )
            connection.execute(  # of the index over all runs; the run's own log keeps what it had planned
                SqlEventLogStorageTable.delete()
                .where(SqlEventLogStorageTable.c.asset_key == key.to_string())
                .where(SqlEventLogStorageTable.c.run_id == run_id)
                .where(SqlEventLogStorageTable.c.dagster_event_type == "ASSET_MATERIALIZATION_PLANNED")
            )
        connection.execute(
            AssetCheckExecutionsTable.delete().where(
                AssetCheckExecutionsTable.c.run_id == run_id,
                AssetCheckExecutionsTable.c.execution_status == "PLANNED",
            )
        )
    return planned


def _at_fault(events: list[dg.DagsterEvent], planned: set[dg.AssetKey]) -> set[dg.AssetKey]:
    faulty: set[dg.AssetKey] = set()
    for failed in (event for event in events if event.is_step_failure):
        failure = failed.step_failure_data.user_failure_data
        if failure and FAULTY in failure.metadata:
            named = cast(list[str], failure.metadata[FAULTY].value)
            faulty |= {dg.AssetKey.from_user_string(key) for key in named}
        else:
            faulty |= {event.asset_key for event in events if event.step_key == failed.step_key and event.asset_key}
    return faulty & planned


def close_killed_runs(instance: dg.DagsterInstance, own_run_id: str | None = None) -> list[str]:
    """Close the runs that are recorded as at work though nobody is; call it while holding the data directory's lock.

    Returns their ids. A run that has only just been started is left alone: it may not have got to the lock yet.
    """
    closed = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=AT_WORK)):
        run = record.dagster_run
        began = record.update_timestamp.replace(tzinfo=UTC)
        if run.run_id == own_run_id or (own_run_id is None and datetime.now(UTC) - began < GRACE):
            continue
        instance.add_run_tags(run.run_id, {VERDICT: KILLED})
        instance.report_run_failed(run, "The run was killed before its end; readers keep the file they had.")
        settle(instance, run.run_id)
        closed.append(run.run_id)
    return closed


def watch(instance: dg.DagsterInstance, folder: DataFolder) -> list[str]:
    """Close killed runs, unless somebody is at work in the data directory."""
    if not instance.get_runs_count(dg.RunsFilter(statuses=AT_WORK)):
        return []
    try:
        with at_work(folder):
            return close_killed_runs(instance)
    except BadInput:  # somebody is
        return []


def prune(instance: dg.DagsterInstance, folder: DataFolder, days: int) -> None:
    """Remove runs, logs and published nights older than so many days, but never the newest runs or what readers see."""
    oldest = datetime.now(UTC) - timedelta(days=days)
    over = instance.get_run_records(dg.RunsFilter(statuses=OVER))
    for record in over[RUNS_KEPT:]:
        if record.update_timestamp.replace(tzinfo=UTC) < oldest:
            _forget(instance, folder, record.dagster_run.run_id)
    for log in folder.logs.glob("*.log"):
        if log.stat().st_mtime < oldest.timestamp():
            log.unlink()
    drop_generations_before(folder.published, f"{oldest:%Y%m%dT%H%M%S}")


def _forget(instance: dg.DagsterInstance, folder: DataFolder, run_id: str) -> None:
    instance.delete_run(run_id)
    for path in (folder.dagster_home / "history" / "runs").glob(f"{run_id}.db*"):
        path.unlink()
    shutil.rmtree(folder.dagster_home / "storage" / run_id, ignore_errors=True)


def tags_of(sources: Iterable[str], as_of: str) -> dict[str, str]:
    """The tags with which the UI's pages show a run that it did not start itself."""
    return {REPOSITORY_TAG: f"{REPOSITORY_NAME}@{LOCATION}", SOURCES: ",".join(sources), AS_OF: as_of}
