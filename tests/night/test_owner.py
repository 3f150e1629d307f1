"""The data directory is its owner's; what is published is everybody's."""

import stat
from pathlib import Path

import pytest

from pipelines.folders import DataFolder
from pipelines.night.owner import keep_to_owner, private_files
from tests.conftest import Run


@pytest.mark.xdist_group("same_night")
def test_after_a_night_others_reach_the_published_files_and_nothing_else(first_night: Run) -> None:
    published = first_night.home / "published"
    open_to_others = []
    for path in first_night.home.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink() or published in (path, *path.parents):
            continue
        if mode & 0o077:
            open_to_others.append(f"{path} {mode:o}")
    assert not open_to_others
    assert stat.S_IMODE(first_night.home.stat().st_mode) == 0o711
    files = [path for path in published.rglob("*") if path.is_file()]
    assert files
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o444 for path in files)
    assert all(path.stat().st_mode & 0o055 == 0o055 for path in [published, *published.rglob("*")] if path.is_dir())


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "lake" / "orders").mkdir(parents=True)
    (tmp_path / "lake" / "orders" / "part.parquet").write_text("rows")
    (tmp_path / "customer_key").write_text("secret")
    (tmp_path / "published").mkdir(mode=0o755)
    keep_to_owner(DataFolder(tmp_path))
    assert stat.S_IMODE((tmp_path / "lake" / "orders" / "part.parquet").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "customer_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "lake").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "published").stat().st_mode) == 0o755


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
    keep_to_owner(DataFolder(tmp_path))
    assert stat.S_IMODE((tmp_path / "report.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "lake").stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == before
