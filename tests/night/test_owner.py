"""The data directory is its owner's; what is published, its readers' too, when the shop says so."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.folders import DataFolder, private_files
from pipelines.night.owner import keep_to_owner
from tests.conftest import Run

FIRST_DOORS = ("sample --out {home}/landing/sample --customers 30 --days 60", "config --data-dir {home}")
DOORS = ("config", "status", "models", "models use churn {day}", "run --quiet --as-of 2026-06-30 --source {source}")


def open_to_others(home: Path) -> list[str]:
    """What somebody else could read, write or enter."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*")) if not path.is_symlink()}
    return [f"{path} {mode:o}" for path, mode in modes.items() if mode & 0o077]


@pytest.fixture
def generous() -> Iterator[None]:
    """A process that grants everybody everything, unless it is told otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.xdist_group("same_night")
def test_a_night_leaves_nothing_that_others_may_read(first_night: Run) -> None:
    assert open_to_others(first_night.home) == []
    files = [path for path in (first_night.home / "published" / "generations").rglob("*") if path.is_file()]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o400 for path in files)


def guanxi(command: str) -> None:
    program = [sys.executable, "-c", "from pipelines.cli import program; program()", *command.split()]
    ended = subprocess.run(program, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("command", FIRST_DOORS)
def test_a_first_command_leaves_nothing_that_others_may_read(command: str, tmp_path: Path, generous: None) -> None:
    home = tmp_path / "data"
    guanxi(command.format(home=home))
    assert not home.exists() or open_to_others(home) == []
    assert home.exists() or "sample" not in command


@pytest.mark.wide
@pytest.mark.xdist_group("same_night")
def test_no_command_leaves_anything_that_others_may_read(first_night: Run, tmp_path: Path, generous: None) -> None:
    night = first_night.copy(tmp_path / "data")
    day = next((night.home / "models" / "churn").glob("2*")).name
    [source] = [f"{name}={folder}" for name, folder in night.shop["sources"].items()]
    for command in DOORS:
        guanxi(f"{command.format(day=day, source=source)} --data-dir {night.home}")
        assert open_to_others(night.home) == [], command


@pytest.mark.parametrize(
    ("readers", "of_home", "of_folders", "of_files"),
    [("owner", 0o700, 0o700, 0o400), ("group", 0o710, 0o750, 0o440), ("everybody", 0o711, 0o755, 0o444)],
)
def test_what_an_earlier_version_left_open_is_closed_but_to_readers_of_what_is_published(
    tmp_path: Path, readers: str, of_home: int, of_folders: int, of_files: int
) -> None:
    (tmp_path / "lake" / "orders").mkdir(parents=True)
    (tmp_path / "lake" / "orders" / "part.parquet").write_text("rows")
    (tmp_path / "customer_key").write_text("secret")
    (tmp_path / "published").mkdir(mode=0o755)
    (tmp_path / "published" / "guanxi.duckdb").touch(mode=0o444)
    keep_to_owner(DataFolder(tmp_path), readers)
    assert stat.S_IMODE((tmp_path / "lake" / "orders" / "part.parquet").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "customer_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "lake").stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == of_home
    assert stat.S_IMODE((tmp_path / "published").stat().st_mode) == of_folders
    assert stat.S_IMODE((tmp_path / "published" / "guanxi.duckdb").stat().st_mode) == of_files


def test_new_files_are_private_only_meanwhile(tmp_path: Path) -> None:
    with private_files():
        (tmp_path / "during").write_text("")
    (tmp_path / "after").write_text("")
    assert stat.S_IMODE((tmp_path / "during").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "after").stat().st_mode) & 0o044


def test_what_is_not_ours_keeps_its_rights(tmp_path: Path) -> None:
    """A data directory may have been made in a folder that holds other things."""
    (tmp_path / "report.txt").write_text("")
    (tmp_path / "report.txt").chmod(0o644)
    (tmp_path / "lake").mkdir(mode=0o755)
    before = stat.S_IMODE(tmp_path.stat().st_mode)
    keep_to_owner(DataFolder(tmp_path), "owner")
    assert stat.S_IMODE((tmp_path / "report.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "lake").stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == before
