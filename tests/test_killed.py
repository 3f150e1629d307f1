"""Runs killed by signal 9 at any moment leave the published file as it was, and the next night needs no hand work.

KILLS (an environment variable) is how many; 40 unless told.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.conftest import Run, run_night

pytestmark = pytest.mark.slow

SEED = 20_260_630
PORT = 3_931
GUANXI = [sys.executable, "-c", "from pipelines.cli import main; main()"]


@pytest.fixture
def night(tmp_path: Path) -> Run:
    """A published night of a shop whose orders reach yesterday, the day that the schedule asks for."""
    from pipelines.sample.generator import generate

    yesterday = datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=1)
    generate(tmp_path / "files", customers=1_500, days=760, seed=7, until=yesterday)
    home = tmp_path / "data"
    shop = {"sources": {"sample": str(tmp_path / "files")}, "as_of": yesterday.isoformat()}
    run = run_night(home, shop)
    assert run.outcome.is_success, run.outcome
    return run


def start(run: Run) -> subprocess.Popen:
    """The command `guanxi run` in a process group of its own."""
    [(source, folder)] = run.shop["sources"].items()
    command = [*GUANXI, "run", "--source", f"{source}={folder}", "--as-of", run.shop["as_of"]]
    return subprocess.Popen(
        [*command, "--full-refresh", "--data-dir", str(run.home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def customers(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("select count(*) from marts.customer_360").fetchall()[0][0]


def seconds_of_a_night(run: Run) -> float:
    began = time.monotonic()
    assert start(run).wait() == 0
    return time.monotonic() - began


def test_a_night_may_be_killed_at_any_moment_and_the_schedule_goes_on(night: Run) -> None:
    expected = customers(night.published)
    length = seconds_of_a_night(night)
    chance = random.Random(SEED)
    kills = int(os.environ.get("KILLS", "40"))
    reached: dict[str, int] = {"process": 0, "group": 0}
    for number in range(kills):
        before, generation = night.published.read_bytes(), os.readlink(night.home / "published" / "current")
        process = start(night)
        time.sleep(length * (number + chance.random()) / kills)
        if process.poll() is None:
            whole = number % 2 == 1
            os.killpg(process.pid, signal.SIGKILL) if whole else process.send_signal(signal.SIGKILL)
            reached["group" if whole else "process"] += 1
        process.wait()
        assert customers(night.published) == expected
        if os.readlink(night.home / "published" / "current") == generation:
            assert night.published.read_bytes() == before
    assert sum(reached.values()) >= kills * 0.8, reached
    print(f"{kills} kills over a night of {length:.0f} s: {reached}")
    published = newest_publication(night)
    with web_ui(night):
        launch_schedule()
        wait_for_a_later_publication(night, published)
    assert customers(night.published) == expected


def newest_publication(run: Run) -> Any:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        return connection.execute("select max(published_at) from ops.publications").fetchall()[0][0]


@contextmanager
def web_ui(run: Run) -> Iterator[None]:
    """`guanxi ui` on that data directory, its schedule due every minute."""
    environment = {**os.environ, "GUANXI_SCHEDULE": "* * * * *"}
    command = [*GUANXI, "ui", "--data-dir", str(run.home), "--port", str(PORT)]
    log = (run.home.parent / "ui.log").open("w")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
        log.close()


def ask(query: str) -> dict[str, Any]:
    body = json.dumps({"query": query}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/graphql", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["data"]


def launch_schedule() -> None:
    """Turn the schedule on, as the switch in the UI does."""
    selector = '{repositoryLocationName: "guanxi", repositoryName: "__repository__", scheduleName: "nightly_at_two"}'
    turn_on = f"mutation {{ startSchedule(scheduleSelector: {selector}) {{ __typename }} }}"
    deadline = time.monotonic() + 120
    while True:
        try:
            assert ask(turn_on)["startSchedule"]["__typename"] == "ScheduleStateResult"
            return
        except (OSError, AssertionError):
            assert time.monotonic() < deadline, "the web UI did not come up"
            time.sleep(2)


def wait_for_a_later_publication(run: Run, before: Any) -> None:
    deadline = time.monotonic() + 600
    while newest_publication(run) == before:
        assert time.monotonic() < deadline, "the schedule published nothing"
        time.sleep(5)
