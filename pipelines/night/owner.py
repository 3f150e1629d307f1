"""Who may read what earlier versions made, or a setting has changed: the owner, and of what is published the readers.

That new files are made for their owner alone is said in folders.
"""

import os
import stat
from pathlib import Path

from pipelines.folders import DataFolder
from pipelines.landing.reference_tables import reference_contracts
from pipelines.warehouse.publication import RIGHTS_OF_READERS

OURS = (
    "landing",
    "lake",
    "warehouse",
    "dagster",
    "logs",
    "models",
    "pictures",
    "restricted",
    "scores",
    "customer_key",
    "erased.json",
    "shop.yml",
    ".lock",
)
OTHERS = stat.S_IRWXG | stat.S_IRWXO
PASS_THROUGH = stat.S_IXGRP | stat.S_IXOTH  # to what is published; what else lies there cannot be listed


def keep_to_owner(folder: DataFolder, readers: str) -> None:
    """Take from others what earlier versions left open to them, and from all but `readers` what is published.

    The shop's own exports keep their rights, and so does whatever else lies in the folder: it is not ours.
    """
    for_readers = RIGHTS_OF_READERS[readers]
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
        home.chmod(stat.S_IMODE(home.stat().st_mode) & ~OTHERS | PASS_THROUGH & for_readers)
    for path in ours:
        _close_all(path, OTHERS, only_itself=path == folder.landing)
    _close_all(folder.published, OTHERS & ~for_readers)


def _close_all(path: Path, rights: int, only_itself: bool = False) -> None:
    if not path.exists() or path.is_symlink():
        return
    _close(path, rights)
    if path.is_dir() and not only_itself:
        for inner in path.rglob("*"):
            if not inner.is_symlink():
                _close(inner, rights)


def _close(path: Path, rights: int) -> None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & rights and _is_ours(path):
            path.chmod(mode & ~rights)
    except FileNotFoundError:  # a file of a process that is just ending
        return


def _is_ours(path: Path) -> bool:
    return path.stat().st_uid == os.geteuid()
