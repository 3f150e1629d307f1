"""What a night on Spark took per row: `python benchmarks/spark_rates.py DATA_DIR EVENT_LOG`, after a night with a log.

The log is what Spark writes with `spark.eventLog.enabled true` in the `spark-defaults.conf` of SPARK_CONF_DIR. Work is
told apart by whether its plan reads the lake's events, of which a shop has a hundred times more than of all else.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

EVENTS = ("/lake/events/", "raw.events")  # the files that landed, and the table of those that count


@dataclass
class Work:
    """What the tasks of some queries took: seconds of all cores together, bytes over all of them."""

    tasks: int = 0
    cpu_seconds: float = 0
    shuffle_bytes: int = 0
    written_bytes: int = 0

    def add(self, metrics: dict) -> None:
        """Count one task."""
        self.tasks += 1
        self.cpu_seconds += metrics["Executor CPU Time"] / 1e9
        self.shuffle_bytes += metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
        self.written_bytes += metrics["Output Metrics"]["Bytes Written"]


def work_of(log: Path) -> dict[bool, Work]:
    """The work of the queries that read events (True) and of all others; `log` is the folder of one application."""
    reads_events: set[int] = set()
    query_of_stage: dict[int, int] = {}
    tasks: list[tuple[int, dict]] = []
    for said in _lines(log):
        if any(name in said.get("physicalPlanDescription", "") for name in EVENTS):
            reads_events.add(said["executionId"])
        if said["Event"] == "SparkListenerJobStart":
            query = int(said.get("Properties", {}).get("spark.sql.execution.id") or -1)
            query_of_stage |= dict.fromkeys(said["Stage IDs"], query)
        elif said["Event"] == "SparkListenerTaskEnd" and "Task Metrics" in said:
            tasks.append((said["Stage ID"], said["Task Metrics"]))
    work: dict[bool, Work] = defaultdict(Work)
    for stage, metrics in tasks:
        work[query_of_stage.get(stage) in reads_events].add(metrics)
    return work


def _lines(log: Path) -> Iterator[dict]:
    for file in sorted(log.glob("events_*")):
        with file.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def lake_of(data_dir: Path) -> dict[str, tuple[int, int]]:
    """Rows and bytes of each feed's parts in the lake."""
    found = {}
    for feed in sorted(path for path in (data_dir / "lake").iterdir() if path.is_dir()):
        files = [
            file for file in feed.rglob("*.parquet") if "quarantine" not in file.name and "repeats" not in file.name
        ]
        if files:
            [(rows,)] = duckdb.execute("select count(*) from read_parquet(?)", [list(map(str, files))]).fetchall()
            found[feed.name] = (rows, sum(file.stat().st_size for file in files))
    return found


def main() -> None:
    """Print both tables."""
    data_dir, log = map(Path, sys.argv[1:])
    console = Console()
    lake = lake_of(data_dir)
    table = Table("feed", "rows", "MB in the lake", "bytes a row", title="The lake")
    for feed, (rows, size) in lake.items():
        table.add_row(feed, f"{rows:,}", f"{size / 1e6:.1f}", f"{size / rows:.1f}")
    console.print(table)
    table = Table(
        *("queries", "tasks", "CPU s", "shuffled MB", "written MB", "of rows", "CPU s a million rows"),
        "shuffled bytes a row",
        title="The night on Spark",
    )
    for reads_events, work in sorted(work_of(log).items()):
        rows = sum(rows for feed, (rows, _) in lake.items() if (feed == "events") == reads_events)
        table.add_row(
            "that read events" if reads_events else "others",
            f"{work.tasks:,}",
            f"{work.cpu_seconds:.1f}",
            *(f"{size / 1e6:.1f}" for size in (work.shuffle_bytes, work.written_bytes)),
            f"{rows:,}",
            f"{work.cpu_seconds / rows * 1e6:.2f}",
            f"{work.shuffle_bytes / rows:.1f}",
        )
    console.print(table)


if __name__ == "__main__":
    main()
