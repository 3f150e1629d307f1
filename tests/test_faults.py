"""What a machine can do to a night: a full disk, folders that cannot be written, two runs at once.

Readers keep the very bytes they had, what is told is one line, and the next run needs no hand work.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("first_night")]

MEGABYTE = 1 << 20


def guanxi(run: Run, home: Path) -> subprocess.CompletedProcess:
    [(source, folder)] = run.shop["sources"].items()
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "run"]
    command += ["--source", f"{source}={folder}", "--as-of", run.shop["as_of"], "--data-dir", str(home)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 240 MB in memory."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=240m", "tmpfs", str(mounted)], check=False)
    if done.returncode:
        pytest.skip("no file system may be mounted here: run as root where mount is allowed")
    yield mounted
    subprocess.run(["umount", "-l", str(mounted)], check=True)


def free(disk: Path) -> int:
    room = os.statvfs(disk)
    return room.f_bavail * room.f_frsize


@pytest.mark.parametrize("left", [0, 1, 3, 6, 10, 15])
def test_a_full_disk_leaves_the_published_bytes_and_the_next_run_succeeds(
    first_night: Run, small_disk: Path, left: int
) -> None:
    home = small_disk / "data"
    shutil.copytree(first_night.home, home, symlinks=True)
    published = home / "published" / "guanxi.duckdb"
    before = published.read_bytes()
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * max(free(small_disk) - left * MEGABYTE, 0))
    ended = guanxi(first_night, home)
    told = ended.stdout + ended.stderr
    print(f"{left} MB left: exit {ended.returncode}, {told.splitlines()[-2:]}")
    assert ended.returncode in (1, 2), told
    assert "Traceback" not in told
    assert "disk" in told.lower() or "space" in told.lower(), told
    assert published.read_bytes() == before
    assert len(list((home / "published" / "generations").iterdir())) == 1
    ballast.unlink()
    mended = guanxi(first_night, home)
    assert mended.returncode == 0, mended.stdout + mended.stderr


@pytest.mark.parametrize(
    "folder", ["", "lake/orders/sample", "warehouse", "published", "published/generations", "dagster"]
)
def test_a_folder_that_cannot_be_written_is_one_line_and_changes_nothing(
    first_night: Run, tmp_path: Path, folder: str
) -> None:
    night = first_night.copy(tmp_path / "data")
    before = night.published.read_bytes()
    target = night.home / folder
    if folder.startswith("lake"):  # the lake is only written when there is something to take
        for part in target.iterdir():
            part.unlink()
    with read_only(target):
        ended = guanxi(night, night.home)
    told = ended.stdout + ended.stderr
    print(f"{folder or 'data directory'}: exit {ended.returncode}, {told.splitlines()[-2:]}")
    assert ended.returncode in (1, 2), told
    assert "Traceback" not in told
    assert str(target) in told or "read-only" in told.lower(), told
    assert night.published.read_bytes() == before
    assert guanxi(night, night.home).returncode == 0


class read_only:  # noqa: N801 # used like a function
    """Meanwhile nobody, not even root, can write into the folder: it is mounted over itself without that right."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        bound = subprocess.run(["mount", "--bind", str(self.folder), str(self.folder)], check=False)
        if bound.returncode:
            pytest.skip("no file system may be mounted here: run as root where mount is allowed")
        subprocess.run(["mount", "-o", "remount,bind,ro", str(self.folder)], check=True)

    def __exit__(self, *exception: object) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


def test_of_two_runs_at_once_one_works_and_one_is_turned_away(first_night: Run, tmp_path: Path) -> None:
    night = first_night.copy(tmp_path / "data")
    with ThreadPoolExecutor(2) as both:
        ended = list(both.map(lambda _: guanxi(night, night.home), range(2)))
    assert sorted(run.returncode for run in ended) == [0, 2], [run.stdout + run.stderr for run in ended]
    [turned_away] = [run for run in ended if run.returncode == 2]
    assert "another run is at work" in turned_away.stderr
    assert night.published.exists()
