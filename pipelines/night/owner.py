"""Who may read what a run makes: the data directory is its owner's, the published files are everybody's."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.folders import DataFolder
from pipelines.landing.reference_tables import reference_contracts

PRIVATE = 0o077
OURS = (
    "landing",
    "lake",
    "warehouse",
    "dagster",
    "logs",
    "models",
    "pictures",
    "scores",
    "customer_key",
    "erased.json",
    "shop.yml",
    ".lock",
)
OTHERS = stat.S_IRWXG | stat.S_IRWXO
PASS_THROUGH = stat.S_IXGRP | stat.S_IXOTH  # to what is published; what else lies there cannot be listed


@contextmanager
def private_files() -> Iterator[None]:
    """Meanwhile every new file and folder, whichever library makes it, is for its owner alone."""
    before = os.umask(PRIVATE)
    try:
        yield
    finally:
        os.umask(before)


def keep_to_owner(folder: DataFolder) -> None:
    """Take from others what earlier versions left open to them.

    The shop's own exports keep their rights, and so does whatever else lies in the folder: it is not ours.
    """
    home = folder.home
    ours = [home / name for name in OURS]
    reference = {home / f"{name}.csv" for name in reference_contracts()}
    if not _is_ours(home):
        return
    if {path for path in home.iterdir() if not path.name.startswith(".")} <= {
        *ours,
        *reference,
        folder.published,
        home / "README.md",
    }:
        home.chmod(stat.S_IMODE(home.stat().st_mode) & ~OTHERS | PASS_THROUGH)
    for path in ours:
        if path.exists() and not path.is_symlink():
            _close(path)
            if path.is_dir() and path != folder.landing:
                for inner in path.rglob("*"):
                    if not inner.is_symlink():
                        _close(inner)


def _close(path: Path) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & OTHERS and _is_ours(path):
            path.chmod(mode & ~OTHERS)
    except FileNotFoundError:  # a file of a process that is just ending
        return


def _is_ours(path: Path) -> bool:
    return path.stat().st_uid == os.geteuid()
