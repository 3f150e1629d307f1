"""A run killed by signal 9 leaves a readable published file, and the next run succeeds without hand work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run

pytestmark = pytest.mark.slow

# Where the signal falls: the first file that the step leaves behind it, or while it writes.
MOMENTS: dict[str, Callable[[Path], bool]] = {
    "in the middle of ingest": lambda home: any((home / "lake" / "orders").glob("*/*.json")),
    "in the middle of dbt": lambda home: (home / "warehouse" / "dbt" / "customer_tables" / "dbt.log").exists(),
    "in the middle of publish": lambda home: len(list((home / "published" / "generations").glob("*/*.duckdb"))) > 1,
}


def start(run: Run) -> subprocess.Popen:
    [(source, folder)] = run.shop["sources"].items()
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "run"]
    command += ["--source", f"{source}={folder}", "--as-of", run.shop["as_of"], "--data-dir", str(run.home)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)


def forget(home: Path, moment: str) -> None:
    """Take away what would make the moment seem to have come already."""
    if moment == "in the middle of ingest":
        for path in (home / "lake").rglob("*.*"):
            if path.is_file():
                path.unlink()
    for path in (home / "warehouse" / "dbt").rglob("dbt.log"):
        path.unlink()


def customers(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("select count(*) from marts.customer_360").fetchall()[0][0]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_run_leaves_a_readable_file_and_the_next_run_succeeds(
    moment: str, first_night: Run, tmp_path: Path
) -> None:
    night = first_night.copy(tmp_path / "data")
    forget(night.home, moment)
    before = night.published.read_bytes()
    process = start(night)
    deadline = time.monotonic() + 120
    while not MOMENTS[moment](night.home):
        assert process.poll() is None, f"the run was over before the moment came: {process.stdout.read().decode()}"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert night.published.read_bytes() == before
    assert customers(night.published) > 1_000
    after = night.again()
    assert after.outcome.is_success, after.outcome
    assert customers(after.published) == customers(first_night.published)
