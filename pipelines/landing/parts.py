"""Parts of the lake on disk: names, manifests, commit and clean-up. What their rows say does not belong here."""

import os
import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from pipelines.landing.unread.likeness import Unread

WORK_PREFIX = ".work-"


class Manifest(BaseModel):
    """What one part holds and where it came from; its file is written last and is the mark that the part is complete.

    rows_read = rows_loaded + rows_quarantined + duplicates_dropped. `file_rows` counts the rows of the file and
    `rows_read` the records made of them (the same unless the feed is derived). `repeated_keys` counts loaded rows whose
    key stands on an earlier row, `identifiers_ignored` ids and contacts in them that stand for nobody, `columns_unread`
    columns of the file that the select does not use; `unread` names those of them that look like ours, and sheets.
    `remarks` say what was read other than written. `ingested_at` is UTC in ISO 8601.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_name: str
    feed: str
    file_name: str
    file_hash: str
    recipe_hash: str
    part: str
    file_rows: int
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    duplicates_dropped: int
    repeated_keys: int
    identifiers_ignored: int = 0
    columns_unread: int = 0
    unread: list[Unread] = []
    ingested_at: str
    remarks: tuple[str, ...] = ()


def feed_folder(lake: Path, feed: str, source_name: str) -> Path:
    """Where the parts of one feed of one source lie."""
    return lake / feed / source_name


def part_name(file_hash: str, recipe_hash: str) -> str:
    """The name of a part: what the file says and how it was taken."""
    return f"{file_hash[:16]}-{recipe_hash[:8]}"


def rows_path(folder: Path, part: str) -> Path:
    """The loaded rows of a part."""
    return folder / f"{part}.parquet"


def quarantine_path(folder: Path, part: str) -> Path:
    """The quarantined rows of a part; absent when there are none."""
    return folder / f"{part}.quarantine.parquet"


def manifest_path(folder: Path, part: str) -> Path:
    """The commit mark of a part."""
    return folder / f"{part}.json"


def committed_parts(folder: Path) -> list[Manifest]:
    """The complete parts in the order they landed; of two that hold the same file only the one taken last."""
    manifests = [
        Manifest.model_validate_json(file.read_text(encoding="utf-8"))
        for file in folder.glob("*.json")
        if rows_path(folder, file.stem).exists()
    ]
    written = {manifest.part: manifest_path(folder, manifest.part).stat().st_mtime_ns for manifest in manifests}
    manifests.sort(key=lambda manifest: (manifest.ingested_at, manifest.file_name, written[manifest.part]))
    return list({manifest.file_hash: manifest for manifest in manifests}.values())


def commit(folder: Path, work: Path, manifest: Manifest) -> None:
    """Moves the finished files of `work` (rows.parquet, quarantine.parquet) into place, the manifest last."""
    quarantined = work / "quarantine.parquet"
    if quarantined.exists():
        _move_durably(quarantined, quarantine_path(folder, manifest.part))
    _move_durably(work / "rows.parquet", rows_path(folder, manifest.part))
    mark(folder, manifest)


def mark(folder: Path, manifest: Manifest) -> None:
    """Writes the commit mark of a part, or replaces it."""
    new = folder / f"{WORK_PREFIX}{manifest.part}"
    new.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    _move_durably(new, manifest_path(folder, manifest.part))


def was_overwritten_since(manifest: Manifest, committed: list[Manifest]) -> bool:
    """Whether a later part came from a file of the same name with other content."""
    return any(
        other.file_name == manifest.file_name and other.ingested_at > manifest.ingested_at for other in committed
    )


def remove_leftovers(folder: Path) -> None:
    """Removes what killed runs left behind, and parts that a newer taking of the same file has replaced."""
    kept = {manifest.part for manifest in committed_parts(folder)}
    for mark in folder.glob("*.json"):
        if mark.stem not in kept:
            mark.unlink()  # before its rows, so that no moment has a mark without rows
    for rows in folder.glob("*.parquet"):
        if rows.name.split(".")[0] not in kept:
            rows.unlink()
    for work in folder.glob(f"{WORK_PREFIX}*"):
        shutil.rmtree(work) if work.is_dir() else work.unlink()


def _move_durably(file: Path, target: Path) -> None:
    """A rename is one step for every reader; the syncs make it survive a power cut in this order."""
    _sync(file)
    os.replace(file, target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
