"""Runs a night or the floor in a process of its own and tells what it took, step by step."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
from whole_job.measuring import watch
from whole_job.steps import read_moments, steps_of

HERE = Path(__file__).parent
PUBLISHED = Path("published") / "guanxi.duckdb"
INGESTED = "select feed, file_count, rows_read from ops.feed_totals order by feed"


@dataclass(frozen=True)
class Bench:
    """The code that is measured, and the folder to work in."""

    checkout: Path
    work: Path

    def night(self, name: str, data_dir: Path, landing: Path, told: dict[str, Any] | None = None) -> dict[str, Any]:
        """One night of a data directory whose files lie in `landing`; SystemExit when it is not published.

        `told` is what `guanxi run` is told besides.
        """
        before = _ingested(data_dir)
        options = {"sources": {"sample": str(landing)}, **(told or {})}
        report = self._run(name, "run_night.py", [str(data_dir), json.dumps(options)])
        if report["exit_code"] != 0:
            raise SystemExit(f"{name}: not published: {'; '.join(report['problems']) or self._log(name).read_text()}")
        report["options"] = told or {}
        report["dbt_seconds"] = _seconds_in_dbt(data_dir)
        report["ingested"] = _new_rows(before, _ingested(data_dir))
        return report

    def floor(self, name: str, landing: Path, target: Path) -> dict[str, Any]:
        """The floor's scripts on the files in `landing`."""
        target.unlink(missing_ok=True)
        report = self._run(name, "run_floor.py", [str(landing), str(target)])
        if report["exit_code"] != 0:
            raise SystemExit(f"{name}: {self._log(name).read_text()}")
        return report

    def _run(self, name: str, script: str, arguments: list[str]) -> dict[str, Any]:
        moments_file = self.work / f"{name.replace(' ', '-')}.jsonl"
        command = [sys.executable, str(HERE / script), *arguments, str(moments_file)]
        watched = watch(command, self.checkout, {"PYTHONPATH": str(self.checkout)}, self._log(name))
        moments = read_moments(moments_file)
        return {
            "name": name,
            "exit_code": watched.exit_code,
            "seconds": watched.seconds,
            "cpu_seconds": watched.cpu_seconds,
            "peak_bytes": watched.peak_bytes,
            "others_cpu_seconds": watched.others_cpu_seconds,
            "problems": moments[-1].get("problems", []),
            "steps": [asdict(step) for step in steps_of(moments, watched)],
        }

    def _log(self, name: str) -> Path:
        return self.work / f"{name.replace(' ', '-')}.log"


def _seconds_in_dbt(data_dir: Path) -> dict[str, float]:
    """What dbt says of each of its models, and of its tests together, in the order of their seconds."""
    seconds: dict[str, float] = {}
    for file in data_dir.glob("warehouse/dbt/*/run_results.json"):
        for node in json.loads(file.read_text(encoding="utf-8"))["results"]:
            kind, _project, name = node["unique_id"].split(".")[:3]
            told = name if kind == "model" else f"all {kind}s"
            seconds[told] = seconds.get(told, 0.0) + node["execution_time"]
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def _ingested(data_dir: Path) -> dict[str, tuple[int, int]]:
    """Files and rows of each feed that the last published night knew."""
    if not (data_dir / PUBLISHED).exists():
        return {}
    with duckdb.connect(str(data_dir / PUBLISHED), read_only=True) as connection:
        return {feed: (files, rows) for feed, files, rows in connection.execute(INGESTED).fetchall()}


def _new_rows(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """What the night took in; how fast is said of all feeds together, since two are taken at a time."""
    taken = []
    for feed, (files, rows) in after.items():
        files_before, rows_before = before.get(feed, (0, 0))
        taken.append({"feed": feed, "files": files - files_before, "rows": rows - rows_before})
    return taken
