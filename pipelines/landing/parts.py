"""Parts of the lake on disk: names, manifests, commit and clean-up. What their rows say does not belong here."""

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.durable import move_durably
from pipelines.landing.unread.likeness import Unread
from pipelines.problems import BadInput

WORK_PREFIX = ".work-"
PARQUET_MARK = b"PAR1"
# the encodings of version 2 and the lowest level: a sixth less work than without either, in files a sixth smaller
PARQUET = "(format parquet, parquet_version v2, compression zstd, compression_level 1)"


class Manifest(BaseModel):
    """What one part holds and where it came from; its file is written last and is the mark that the part is complete.

    rows_read = rows_loaded + rows_quarantined + duplicates_dropped + rows_erased. `file_rows` counts the rows of
    the file and `rows_read` the records made of them (the same unless the feed is derived). `repeated_keys` counts
    loaded rows whose key stands on an earlier row, `identifiers_ignored` ids and contacts in them that stand for
    nobody, `columns_unread` columns of the file that the select does not use; `unread` names those of them that
    look like ours, and sheets. `remarks` say what was read other than written. `erased_ids` are keyed hashes
    (`kind:hash`) of accounts and orders whose rows named an erased person, and `file_names_erased` tells that the
    landed file still has such rows. `newest_row_at` is the latest moment its rows tell of, those after the landing
    left out; nothing when they tell of none or an older version took the file. The file landed at `ingested_at`,
    and at the moments `landed_before` when it went away from this content and came back to it. Instants are UTC in
    ISO 8601.
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
    rows_erased: int = 0
    repeated_keys: int
    identifiers_ignored: int = 0
    columns_unread: int = 0
    unread: list[Unread] = []
    newest_row_at: str | None = None
    landed_before: tuple[str, ...] = ()
    ingested_at: str
    remarks: tuple[str, ...] = ()
    erased_ids: tuple[str, ...] = ()
    file_names_erased: bool = False


@dataclass(frozen=True)
class Damage:
    """A part that was committed and cannot be read any more."""

    file: Path
    fault: str
    part: str
    ingested_at: str
    landed_before: tuple[str, ...] = ()


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
    """The complete parts in the order they landed; of two that hold the same file only the one taken last.

    BadInput when a part was complete and is damaged: it would be missing without a word.
    """
    parts, damages = read_parts(folder)
    for damage in damages:
        raise BadInput(
            f"{damage.file} {damage.fault}: take the files in again (`guanxi run`), which mends it or says how"
        )
    return parts


def read_parts(folder: Path) -> tuple[list[Manifest], list[Damage]]:
    """The complete parts as in `committed_parts`, and those that are damaged."""
    manifests: list[tuple[int, Manifest]] = []
    damages = []
    for file in folder.glob("*.json"):
        if not rows_path(folder, file.stem).exists():
            continue
        read = _read_part(folder, file)
        if isinstance(read, Damage):
            damages.append(read)
        else:
            manifests.append((file.stat().st_mtime_ns, read))
    manifests.sort(key=lambda one: (one[1].ingested_at, one[1].file_name, one[0]))
    return list({manifest.file_hash: manifest for _, manifest in manifests}.values()), damages


def damaged_for_good(damage: Damage) -> BadInput:
    """What to tell of a part that cannot be taken again because its file is no longer landed."""
    return BadInput(
        f"{damage.file} {damage.fault}, and the file it was taken from is no longer landed: restore it from the backup "
        f"of the lake, land that file again, or delete {damage.file.with_name(damage.part)}.* to do without its rows"
    )


def _read_part(folder: Path, file: Path) -> Manifest | Damage:
    files = (file, rows_path(folder, file.stem), quarantine_path(folder, file.stem))
    return _read_as_it_is(folder, file, tuple(_signature(part) for part in files))


def _signature(file: Path) -> tuple[int, int, int] | None:
    try:
        state = file.stat()
    except FileNotFoundError:
        return None
    return state.st_ino, state.st_size, state.st_mtime_ns


# a night asks for the parts of a feed ten times, and they are as many as files have ever landed
@lru_cache(maxsize=100_000)
def _read_as_it_is(folder: Path, file: Path, _signatures: tuple[tuple[int, int, int] | None, ...]) -> Manifest | Damage:
    """As the files with these signatures say; looked at once, until one of them is another."""
    rows = rows_path(folder, file.stem)
    written_at = datetime.fromtimestamp(rows.stat().st_mtime, UTC).isoformat(timespec="microseconds")
    try:
        manifest = Manifest.model_validate_json(file.read_bytes())
    except ValidationError:
        return Damage(file, "is empty" if not file.stat().st_size else "is damaged", file.stem, written_at)
    quarantine = [quarantine_path(folder, file.stem)] if manifest.rows_quarantined else []
    for parquet in (rows, *quarantine):
        if not is_whole(parquet):
            return Damage(parquet, "is cut off or damaged", file.stem, manifest.ingested_at, manifest.landed_before)
    return manifest


def is_whole(parquet: Path) -> bool:
    """Whether the file ends as Parquet does; what lies before is checked when it is read."""
    if not parquet.exists() or parquet.stat().st_size < len(PARQUET_MARK) * 2:
        return False
    with parquet.open("rb") as stream:
        begins = stream.read(len(PARQUET_MARK))
        stream.seek(-len(PARQUET_MARK), os.SEEK_END)
        return begins == stream.read(len(PARQUET_MARK)) == PARQUET_MARK


def commit(folder: Path, work: Path, manifest: Manifest) -> None:
    """Moves the finished files of `work` (rows.parquet, quarantine.parquet) into place, the manifest last."""
    quarantined = work / "quarantine.parquet"
    if quarantined.exists():
        move_durably(quarantined, quarantine_path(folder, manifest.part))
    move_durably(work / "rows.parquet", rows_path(folder, manifest.part))
    mark(folder, manifest)


def mark(folder: Path, manifest: Manifest) -> None:
    """Writes the commit mark of a part, or replaces it."""
    new = folder / f"{WORK_PREFIX}{manifest.part}"
    new.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    move_durably(new, manifest_path(folder, manifest.part))


def remove_leftovers(folder: Path, kept: set[str]) -> None:
    """Removes what killed runs left behind, and every part but these."""
    for mark in folder.glob("*.json"):
        if mark.stem not in kept:
            mark.unlink()  # before its rows, so that no moment has a mark without rows
    for rows in folder.glob("*.parquet"):
        if rows.name.split(".")[0] not in kept:
            rows.unlink()
    for work in folder.glob(f"{WORK_PREFIX}*"):
        shutil.rmtree(work) if work.is_dir() else work.unlink()
