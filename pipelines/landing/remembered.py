"""The hashes of landed files that lie still, kept beside their parts from night to night. No file is looked at here.

A shop whose files stay where they landed has its whole history there: to hash it again every night costs more than to
take what is new. hashes.json may be deleted at any time.
"""

import json
from pathlib import Path

from pipelines.durable import move_durably
from pipelines.landing.parts import WORK_PREFIX
from pipelines.landing.watching import Seen

HASHES = "hashes"


def remembered_files(folder: Path) -> dict[str, Seen]:
    """What was seen of files when they had lain still, by name; nothing where that is not known."""
    try:
        told = json.loads(_path(folder).read_bytes())
        return {name: Seen(file_hash, tuple(signature), True) for name, (file_hash, signature) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember_files(folder: Path, seen: dict[str, Seen]) -> None:
    """Keeps what was seen of those of these files, by name, that lie still; what was kept before is forgotten."""
    still = {name: was for name, was in sorted(seen.items()) if was.lies_still}
    if still == remembered_files(folder):
        return
    new = folder / f"{WORK_PREFIX}{HASHES}"
    new.write_text(json.dumps({name: [was.file_hash, was.signature] for name, was in still.items()}), encoding="utf-8")
    move_durably(new, _path(folder))


def _path(folder: Path) -> Path:
    return folder / f"{HASHES}.json"
