"""Takes the rows of erased persons out of landed files that are the data directory's own, and out of their parts.

A file that lies elsewhere is the shop's and stays as it is. Each file can be done again at any moment: first its parts
become those of the file as it will be, then the file does.
"""

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.durable import move_durably
from pipelines.landing.contracts import load_contracts
from pipelines.landing.erased.parts import NewFile, Shelf, marked_quarantine, marked_rows, purge_part
from pipelines.landing.erased.register import Register
from pipelines.landing.formats.rewriting import CannotRewrite, rewrite
from pipelines.landing.ingest import take_in_hand
from pipelines.landing.landed_files import Landing
from pipelines.landing.parts import WORK_PREFIX, feed_folder
from pipelines.landing.refining.erasing import mark_erased
from pipelines.landing.refining.records import make_records
from pipelines.landing.sources import Source
from pipelines.problems import BadInput

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class LandedFile:
    """A landed file and the feeds that are read from it first."""

    path: Path
    feeds: tuple[str, ...]


def shelf_of(lake: Path, source: Source, feed: str) -> Shelf:
    """Where the parts of one feed of a source lie."""
    return Shelf(feed_folder(lake, feed, source.name), load_contracts()[feed], source.name, source.country)


def landed_files(landing: Landing) -> list[LandedFile]:
    """Every file that some feed is read from."""
    feeds: dict[Path, list[str]] = {}
    for feed, reads in landing.source.feeds.items():
        for path in landing.files(reads.reads[0]):
            feeds.setdefault(path, []).append(feed)
    return [LandedFile(path, tuple(named)) for path, named in sorted(feeds.items())]


def rows_that_name(
    connection: "duckdb.DuckDBPyConnection", register: Register, landing: Landing, lake: Path, file: LandedFile
) -> set[int]:
    """Numbers of the file's rows that name an erased person; it is read only when its parts cannot rule that out."""
    register.open_on(connection)
    if all(_is_clean(connection, register, landing, lake, file, feed) for feed in file.feeds):
        return set()
    found: set[int] = set()
    for feed in file.feeds:
        folder = shelf_of(lake, landing.source, feed).folder
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=folder) as work:
            in_hand = take_in_hand(landing, load_contracts()[feed], file.path, Path(work), connection)
            make_records(in_hand)
            found |= set(mark_erased(in_hand, register).row_numbers)
    return found


def _is_clean(
    connection: "duckdb.DuckDBPyConnection",
    register: Register,
    landing: Landing,
    lake: Path,
    file: LandedFile,
    feed: str,
) -> bool:
    """Whether the part of the file is there and names nobody, so that the file does not either."""
    shelf, file_hash = shelf_of(lake, landing.source, feed), landing.hash(file.path)
    of_it = [part for part in shelf.parts if part.file_hash == file_hash]
    return any(
        not part.file_names_erased
        and not marked_rows(connection, shelf, part)
        and not marked_quarantine(register, shelf, part)
        for part in of_it
    )


def purge_landed_file(
    connection: "duckdb.DuckDBPyConnection", register: Register, landing: Landing, lake: Path, file: LandedFile
) -> int:
    """Writes the file without those rows and gives its parts its new name; returns how many rows that were.

    BadInput when the file is of a format that cannot be written back.
    """
    gone = rows_that_name(connection, register, landing, lake, file)
    if not gone:
        return 0
    new = file.path.with_name(f".{WORK_PREFIX}{file.path.name}")
    try:
        _rewrite(landing, file, gone, new)
        new_file = NewFile(hashlib.sha256(new.read_bytes()).hexdigest(), gone)
        for feed in file.feeds:
            shelf = shelf_of(lake, landing.source, feed)
            for part in shelf.parts:
                if part.file_hash == landing.hash(file.path):
                    purge_part(connection, register, shelf, part, new_file)
        new.chmod(file.path.stat().st_mode & 0o777)
        move_durably(new, file.path)
    finally:
        new.unlink(missing_ok=True)
    landing.forget()
    return len(gone)


def _rewrite(landing: Landing, file: LandedFile, gone: set[int], new: Path) -> None:
    [input_name, *_] = landing.source.feeds[file.feeds[0]].reads
    try:
        rewrite(file.path, landing.name(file.path), landing.source.form(input_name), gone, new)
    except (CannotRewrite, ValueError, IndexError):
        raise BadInput(
            f"{file.path} names an erased person in {len(gone):,} rows and is of a format that is not written back: "
            "export it again without them, or move it away, and run again"
        ) from None
