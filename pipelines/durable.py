"""Files that survive a power cut: forced to disk, moved into place in one step. What is in them is told elsewhere."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Force a file, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def move_durably(file: Path, target: Path) -> None:
    """A rename is one step for every reader; the syncs make it survive a power cut in this order."""
    sync(file)
    os.replace(file, target)
    sync(target.parent)
