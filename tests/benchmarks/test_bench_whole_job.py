"""The floor makes what is published, steps add up, and a result can be read again. No time is judged here."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import Run

REPOSITORY = Path(__file__).parents[2]
BENCHMARKS = REPOSITORY / "benchmarks"


@pytest.fixture(autouse=True)
def _as_the_scripts_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def floor_of(landing: Path, folder: Path) -> Path:
    target = folder / "floor.duckdb"
    script = BENCHMARKS / "whole_job" / "run_floor.py"
    subprocess.run([sys.executable, script, landing, target, folder / "moments.jsonl"], check=True)
    return target


@pytest.mark.xdist_group("first_night")
def test_the_floor_makes_the_tables_that_are_published(first_night: Run, sample_files: Path, tmp_path: Path) -> None:
    from whole_job.comparison import compare

    compared = compare(first_night.published, floor_of(sample_files, tmp_path))
    assert compared.differences == []
    assert all(published == floor for published, floor in compared.figures.values())


@pytest.mark.xdist_group("first_night")
def test_a_cent_in_one_order_is_a_difference(first_night: Run, sample_files: Path, tmp_path: Path) -> None:
    from whole_job.comparison import compare

    floor = floor_of(sample_files, tmp_path)
    with duckdb.connect(str(floor)) as connection:
        connection.execute(
            "update marts.fct_orders set net_amount = net_amount + 0.01"
            " where order_id = (select min(order_id) from marts.fct_orders)"
        )
    assert compare(first_night.published, floor).differences == ["fct_orders: rows' content", "fct_orders: net_amount"]


def test_steps_are_the_whole_program_and_what_passes_between_them_is_one(tmp_path: Path) -> None:
    from whole_job.measuring import Watched
    from whole_job.steps import steps_of

    def moment(step: str, kind: str, at: float, cpu_seconds: float) -> dict[str, Any]:
        return {"stage": "reading", "step": step, "kind": kind, "at": at, "cpu_seconds": cpu_seconds}

    told = [
        moment("orders", "start", 11.0, 0.5),
        moment("orders", "success", 14.0, 2.5),
        moment("events", "start", 14.5, 2.75),
    ]
    watched = Watched(
        0,
        10.0,
        seconds=10.0,
        cpu_seconds=6.0,
        others_cpu_seconds=None,
        memory=[(10.5, 5), (12.0, 70), (13.0, 60), (19, 8)],
    )
    steps = steps_of(told, watched)
    assert [(step.step, step.seconds, step.cpu_seconds, step.peak_bytes) for step in steps] == [
        ("", 1.0, 0.5, 5),
        ("orders", 3.0, 2.0, 70),
        ("", 0.5, 0.25, None),
        ("events", 5.5, 3.25, 8),
    ]
    assert sum(step.seconds for step in steps) == watched.seconds


def test_a_measured_run_tells_seconds_processor_and_memory_of_the_whole_and_of_each_step(
    sample_files: Path, tmp_path: Path
) -> None:
    from whole_job.programs import Bench

    run = Bench(REPOSITORY, tmp_path).floor("floor", sample_files, tmp_path / "floor.duckdb")
    assert set(run) == {
        "name",
        "exit_code",
        "seconds",
        "cpu_seconds",
        "peak_bytes",
        "others_cpu_seconds",
        "problems",
        "steps",
    }
    assert [step["step"] for step in run["steps"][1:]] == [
        "1_landed",
        "2_identity",
        "3_orders",
        "4_customer_days",
        "5_customers",
    ]
    assert sum(step["cpu_seconds"] for step in run["steps"]) == pytest.approx(run["cpu_seconds"])


@pytest.mark.slow
def test_the_benchmark_of_a_small_shop_writes_what_it_measured(tmp_path: Path) -> None:
    command = [sys.executable, BENCHMARKS / "bench_whole_job.py", "--sizes", "200", "--results", tmp_path]
    subprocess.run([*command, "--parts", "job", "next"], check=True)
    [result] = [json.loads(file.read_text()) for file in tmp_path.glob("*.json")]
    assert {"machine", "versions", "commit", "measured_at", "size", "shop", "runs"} <= set(result)
    runs = {run["name"]: run for run in result["runs"]}
    assert set(runs) == {
        "smallest shop",
        "floor",
        "full job",
        "floor again",
        "first night, 24 months at once",
        "next night, 24 months at once",
    }
    for name in ("full job", "next night, 24 months at once"):
        assert {"ingested", "options", "dbt_seconds", "steps"} <= set(runs[name])
        assert all(feed["rows"] for feed in runs[name]["ingested"] if feed["feed"] != "products")


def test_a_watched_program_is_seen_with_its_children(tmp_path: Path) -> None:
    from whole_job.measuring import watch

    child = "x = bytearray(80_000_000); import time; time.sleep(0.5)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    watched = watch([sys.executable, "-c", parent], tmp_path, {}, tmp_path / "log")
    assert watched.exit_code == 0
    assert watched.peak_bytes is None or watched.peak_bytes > 80_000_000


@pytest.mark.wide
def test_what_has_landed_by_a_day_is_what_the_shop_had_exported_by_then(tmp_path: Path) -> None:
    from whole_job import shops

    shop = shops.make_shop(tmp_path, 20, nightly_files=True)
    landing = tmp_path / "landing"
    shops.land(shop, landing, 183)
    landed = {file.name for file in landing.glob("orders-*.csv")}
    last = shops.FIRST_DAY + timedelta(days=182)
    assert len(landed) == 183
    assert max(landed) == f"orders-{last}.csv"
    shops.land_next_day(shop, landing, 183)
    assert {file.name for file in landing.glob("orders-*.csv")} - landed == {f"orders-{last + timedelta(days=1)}.csv"}


def test_the_day_after_a_whole_shop_is_one_that_it_goes_on_by(tmp_path: Path) -> None:
    from whole_job import shops

    landing = tmp_path / "landing"
    shops.land(shops.make_shop(tmp_path, 200), landing, shops.DAYS)
    before = set(landing.iterdir())
    shops.land_next_day(tmp_path, landing, shops.DAYS)
    assert {file.stem.split("-", 1)[1] for file in set(landing.iterdir()) - before} == {"2026-07-01"}


def test_what_is_measured_later_of_the_same_commit_joins_the_file(tmp_path: Path) -> None:
    from whole_job.results import read_results, write_result

    def result(*runs: tuple[str, float]) -> dict[str, Any]:
        commit = {"hash": "abc1234", "committed_at": "2026-11-24T10:00:00+00:00", "has_changes": False}
        told = [{"name": name, "seconds": seconds} for name, seconds in runs]
        return {"measured_at": "2026-11-26T10:00:00+00:00", "commit": commit, "size": "4k", "runs": told}

    write_result(tmp_path, result(("floor", 1.0), ("full job", 60.0)))
    file = write_result(tmp_path, result(("full job", 58.0), ("next night", 50.0)))
    assert file.name == "2026-11-26-abc1234-4k.json"
    [read] = read_results(tmp_path)
    assert {run["name"]: run["seconds"] for run in read["runs"]} == {"floor": 1, "full job": 58, "next night": 50}


def a_result(size: str, commit: str, **seconds: float) -> dict[str, Any]:
    names = {name.replace("_", " "): taken for name, taken in seconds.items()}
    step = {"stage": "gate on raw", "step": "", "seconds": 6.0, "cpu_seconds": 6.0, "peak_bytes": 10**9}
    runs = [
        {"name": name, "seconds": taken, "cpu_seconds": taken, "peak_bytes": 2 * 10**9, "steps": [step]}
        for name, taken in names.items()
    ]
    return {
        "measured_at": "2026-11-26T10:00:00+00:00",
        "commit": {"hash": commit, "committed_at": "2026-11-24T10:00:00+00:00", "has_changes": False},
        "size": size,
        "shop": {"customers": 100_000, "rows": {"orders": 288_628, "events": 3_194_918}},
        "runs": runs,
    }


def test_a_goal_is_judged_beside_the_floor_of_the_same_run_and_only_where_it_was_measured() -> None:
    from whole_job.goals import judged

    found = {one.goal.text: one for one in judged(a_result("100k", "abc", floor=9.0, floor_again=11.0, full_job=61.0))}
    assert set(found) == {"Full job within 3 × the floor + 30 s", "Gates on raw within 10 % of the job"}
    job, gates = found.values()
    assert (job.measured, job.at_most, job.is_reached) == (61.0, 60.0, False)
    assert (gates.measured, gates.is_reached) == (6.0, True)


def test_the_page_shows_before_and_after_and_the_newest_judgement_of_each_goal() -> None:
    from whole_job.markdown import document

    before = a_result("100k", "aaa1111", floor=10.0, floor_again=10.0, full_job=250.0)
    after = a_result("100k", "bbb2222", floor=10.0, floor_again=10.0, full_job=50.0)
    later = {**a_result("100k", "ccc3333"), "nightly_files": {"one_file_seconds": 2.0, "seconds": 2.5}}
    lines = document([before, after, later]).splitlines()
    assert "| Full job within 3 × the floor + 30 s | 100k | bbb2222 | 50.0 s | 60.0 s | yes |" in lines
    assert "| Ingestion of 730 nightly files within 1.3 × one file | 100k | ccc3333 | 2.5 s | 2.6 s | yes |" in lines
    assert "| aaa1111 | 2026-11-26 | 250.0 | 250.0 | 2.00 | 10.0 | 10.0 | 2.00 | 25.0 | 25.0 |" in lines
    assert "| bbb2222 | 2026-11-26 | 50.0 | 50.0 | 2.00 | 10.0 | 10.0 | 2.00 | 5.0 | 5.0 |" in lines


def test_only_what_stands_between_the_marks_of_the_page_is_replaced() -> None:
    from report_performance import BEGIN, END, rewritten

    assert rewritten(f"above\n{BEGIN}\nold\n{END}\nbelow\n", "new") == f"above\n{BEGIN}\n\nnew\n\n{END}\nbelow\n"


def test_the_page_is_what_the_results_say() -> None:
    from report_performance import PAGE, rewritten
    from whole_job.markdown import document
    from whole_job.results import read_results

    page = PAGE.read_text(encoding="utf-8")
    assert rewritten(page, document(read_results(BENCHMARKS / "results"))) == page
