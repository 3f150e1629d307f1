"""What `guanxi status` shows: how the last night ended, what is published, when the next night is due."""

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from pipelines.folders import DataFolder
from pipelines.night.shop import at_work
from pipelines.problems import BadInput
from pipelines.settings.reading import read_settings
from pipelines.warehouse.build import connect
from pipelines.warehouse.publication import published_file, rows_published
from pipelines.warehouse.trust import broken_rules


@dataclass
class Status:
    """The state of one data directory."""

    data_dir: str
    sources: list[str] = field(default_factory=list)
    is_at_work: bool = False
    last_night: dict[str, Any] | None = None
    broken_rules: list[str] = field(default_factory=list)
    published: dict[str, Any] | None = None
    next_night: str | None = None
    is_scheduled: bool = False


def show_status(console: Console, folder: DataFolder, as_json: bool) -> None:
    """Print it, as sentences or as one JSON object. BadInput when the data directory is no shop's yet."""
    status = read_status(folder)
    if as_json:
        print(json.dumps(asdict(status), ensure_ascii=False, default=str))
        return
    for line in sentences(status):
        console.print(escape(line), soft_wrap=True, highlight=False)


def read_status(folder: DataFolder) -> Status:
    """What the data directory's own records say; nothing is changed."""
    settings = read_settings(folder)
    if not settings.sources and not folder.dagster_home.is_dir():
        raise BadInput(f"{folder.home} is no shop's data directory yet: start with guanxi run")
    status = Status(str(folder.home), [Path(source).name for source in settings.sources])
    status.is_at_work = _is_at_work(folder)
    _read_runs(folder, status)
    if not status.is_at_work and folder.warehouse.exists():
        with connect(folder.warehouse, read_only=True) as connection:
            status.broken_rules = broken_rules(connection)
    if published_file(folder.published).exists():
        status.published = _published(folder)
    if settings.time_zone:
        status.next_night = str(_next_night(settings.schedule, settings.time_zone))
    return status


def sentences(status: Status) -> list[str]:
    """The status in words."""
    lines = [f"Shop:       {', '.join(status.sources) or 'not recorded yet'} in {status.data_dir}"]
    if status.is_at_work:
        lines.append("At work:    a run holds the data directory now")
    if night := status.last_night:
        began = f"{night['began']:%F %R} UTC"
        lines.append(f"Last night: {night['verdict']}, as of {night['as_of']}, begun {began}, run {night['run_id']}")
    lines += [f"Broken:     {sentence}" for sentence in status.broken_rules]
    if published := status.published:
        lines.append(
            f"Published:  as of {published['as_of']}, {published['tables']} tables, {published['rows']:,} rows,"
            f" at {published['at']:%F %R} UTC: {published['file']}"
        )
    else:
        lines.append("Published:  nothing yet")
    if status.next_night:
        off = "once the schedule nightly_at_two is turned on in guanxi ui"
        switch = "while guanxi ui runs" if status.is_scheduled else off
        lines.append(f"Next night: {status.next_night}, {switch}")
    return lines


def _is_at_work(folder: DataFolder) -> bool:
    try:
        with at_work(folder):
            return False
    except BadInput:
        return True


def _read_runs(folder: DataFolder, status: Status) -> None:
    if not (folder.dagster_home / "history" / "runs.db").exists():
        return
    import dagster as dg

    from pipelines.night.runs import AS_OF, VERDICT

    os.environ["DAGSTER_HOME"] = str(folder.dagster_home)
    with dg.DagsterInstance.get() as instance:
        for record in instance.get_run_records(dg.RunsFilter(job_name="nightly"), limit=1):
            run = record.dagster_run
            status.last_night = {
                "verdict": run.tags.get(VERDICT, "at work" if status.is_at_work else "killed"),
                "as_of": run.tags.get(AS_OF),
                "run_id": run.run_id,
                "began": record.create_timestamp,
            }
        states = instance.all_instigator_state()
        status.is_scheduled = any(state.is_running and state.name == "nightly_at_two" for state in states)


def _published(folder: DataFolder) -> dict[str, Any]:
    file = published_file(folder.published)
    rows = rows_published(folder.published)
    with connect(file, read_only=True) as connection:
        [(as_of, at)] = connection.execute(
            "select as_of_date, published_at from ops.publications order by published_at desc limit 1"
        ).fetchall()
    return {"as_of": as_of, "at": at, "tables": len(rows), "rows": sum(rows.values()), "file": str(file)}


def _next_night(schedule: str, time_zone: str) -> datetime:
    from dagster._utils.schedules import schedule_execution_time_iterator

    now = datetime.now(ZoneInfo(time_zone)).timestamp()
    return next(schedule_execution_time_iterator(now, schedule, time_zone, ascending=True))
