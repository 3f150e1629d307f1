"""Ingest killed by signal 9 at any moment: nothing half-done is seen, and the next run cleans up and finishes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.landing.ingest import ingest_feed
from pipelines.landing.repeats import REPEATS
from pipelines.landing.sources import Source
from tests.landing.shop import ORDERS, quarantined, raw_rows, snapshot, write_csv

# Each name is a function of the module that dies at its nth call, before doing anything.
MOMENTS = {
    "while the records are judged": ("pipelines.landing.refining.steps", "look_over", 1),
    "before the quarantine is in place": ("pipelines.landing.parts", "move_durably", 1),
    "before the rows are in place": ("pipelines.landing.parts", "move_durably", 2),
    "before the commit mark": ("pipelines.landing.parts", "move_durably", 3),
    "before the repeated keys are in place": ("pipelines.landing.repeats", "move_durably", 1),
    "after the commit": ("pipelines.landing.shelf", "remove_leftovers", 2),
}
COMMITTED = ("before the repeated keys are in place", "after the commit")

SCRIPT = """
import importlib, os, signal, sys
from pathlib import Path
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import load_source
module, function, calls, data, lake = sys.argv[1:]
module, left = importlib.import_module(module), [int(calls)]
real = getattr(module, function)
def deadly(*arguments):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
setattr(module, function, deadly)
ingest_feed(load_source("sample"), Path(data), "orders", Path(lake))
"""


def die(moment: str, data: Path, lake: Path) -> None:
    module, function, calls = MOMENTS[moment]
    command = [sys.executable, "-c", SCRIPT, module, function, str(calls), str(data), str(lake)]
    assert subprocess.run(command, timeout=60, check=False).returncode == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_shows_all_of_a_file_or_nothing_and_the_next_one_finishes(
    moment: str, sample: Source, data: Path, lake: Path
) -> None:
    write_csv(data / "orders_1.csv", ORDERS[:1])
    ingest_feed(sample, data, "orders", lake)
    write_csv(data / "orders_2.csv", [ORDERS[1], ORDERS[1] | {"order_id": ""}])
    (lake / "orders" / "sample").mkdir(parents=True, exist_ok=True)
    die(moment, data, lake)
    seen = (len(raw_rows(lake, "orders", "order_id")), len(quarantined(lake, "reason")))
    assert seen == ((2, 1) if moment in COMMITTED else (1, 0))
    parts = ingest_feed(sample, data, "orders", lake)
    assert [part.is_new for part in parts] == [False, moment not in COMMITTED]
    assert (len(raw_rows(lake, "orders", "order_id")), len(quarantined(lake, "reason"))) == (2, 1)
    assert {path.split("/")[-1].split(".")[0] for path in snapshot(lake)} == {REPEATS, *(part.part for part in parts)}
    assert not list(lake.rglob(".work-*"))


def test_a_run_killed_between_a_new_recipe_and_the_removal_of_the_old_part_counts_the_file_once(
    sample: Source, data: Path, lake: Path
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [old] = ingest_feed(sample.model_copy(update={"time_zone": "UTC"}), data, "orders", lake)
    die("after the commit", data, lake)
    folder = lake / "orders" / "sample"
    assert len(list(folder.glob("*.json"))) == 2
    assert [hour.hour for (hour,) in raw_rows(lake, "orders", "ordered_at")] == [2, 3]
    ingest_feed(sample, data, "orders", lake)
    assert not list(folder.glob(f"{old.part}*"))


def test_rows_without_their_commit_mark_are_ignored_and_removed(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [part] = ingest_feed(sample, data, "orders", lake)
    rows = lake / "orders" / "sample" / f"{part.part}.parquet"
    for leftover in ("feedfeedfeedfeed-00000000.parquet", "feedfeedfeedfeed-00000000.quarantine.parquet"):
        (rows.parent / leftover).write_bytes(rows.read_bytes())
    assert len(raw_rows(lake, "orders", "file_hash")) == 2
    ingest_feed(sample, data, "orders", lake)
    assert set(snapshot(lake)) == {f"orders/sample/{part.part}{suffix}" for suffix in (".json", ".parquet")}


def test_a_commit_mark_without_its_rows_is_taken_anew(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [part] = ingest_feed(sample, data, "orders", lake)
    (lake / "orders" / "sample" / f"{part.part}.parquet").unlink()
    assert raw_rows(lake, "orders", "order_id") == []
    [again] = ingest_feed(sample, data, "orders", lake)
    assert again.is_new
    assert len(raw_rows(lake, "orders", "order_id")) == 2
