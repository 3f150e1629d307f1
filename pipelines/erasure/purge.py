"""Takes whoever is in the register out of lake and landed files. What is built of them is another matter."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.erasure.shelves import Shelves
from pipelines.landing.erased.landed import landed_files, purge_landed_file
from pipelines.landing.erased.parts import Shelf, forget_what_was_made, purge_part
from pipelines.landing.erased.register import Register
from pipelines.landing.landed_files import Landing
from pipelines.landing.parts import WORK_PREFIX
from pipelines.landing.sources import Source
from pipelines.landing.sql import MEMORY_LIMIT
from pipelines.landing.workbench import Workbench


@dataclass(frozen=True)
class Place:
    """A source and the folder its files lie in; `is_ours` when that is in the data directory."""

    source: Source
    folder: Path
    is_ours: bool


def purge(register: Register, lake: Path, places: list[Place], memory_limit: str = MEMORY_LIMIT) -> bool:
    """Takes the rows of whoever is in the register out; returns whether any part had such rows.

    What is made of parts goes first, also where no part has such rows: an earlier purge may have been killed between.
    BadInput when a landed file cannot be written back.
    """
    shelves = Shelves(lake, tuple(place.source for place in places))
    for shelf in shelves.every:
        forget_what_was_made(shelf.folder)
    found = False
    for place in places:
        if place.is_ours and place.folder.is_dir():
            found = _purge_landed(register, lake, place, memory_limit) or found
    for shelf in shelves.every:
        found = _purge_shelf(register, shelf, memory_limit) or found
    return found


def _purge_landed(register: Register, lake: Path, place: Place, memory_limit: str) -> bool:
    for left in place.folder.rglob(f".{WORK_PREFIX}*"):
        left.unlink()
    if not any(path.is_file() for path in place.folder.rglob("*")):
        return False
    landing = Landing(place.source, place.folder)
    found = False
    for file in landed_files(landing):
        with Workbench(lake / file.feeds[0] / place.source.name, memory_limit) as bench:
            found = purge_landed_file(bench.connection, register, landing, lake, file) > 0 or found
    return found


def _purge_shelf(register: Register, shelf: Shelf, memory_limit: str) -> bool:
    with Workbench(shelf.folder, memory_limit) as bench:
        register.open_on(bench.connection)
        return sum([purge_part(bench.connection, register, shelf, part) for part in shelf.parts]) > 0


def files_that_name(lake: Path, places: list[Place]) -> list[tuple[Path, int]]:
    """Files of the shop's own, outside the data directory, that still name erased persons, and in how many rows."""
    shelves = Shelves(lake, tuple(place.source for place in places))
    folders = {place.source.name: place.folder for place in places if not place.is_ours}
    found: dict[Path, int] = {}
    for shelf in shelves.every:
        for part in shelf.parts:
            file = folders.get(shelf.source_name, Path()) / part.file_name
            if part.file_names_erased and shelf.source_name in folders and file.exists():
                found[file] = found.get(file, 0) + part.rows_erased
    return sorted(found.items())


def has_unpurged_files(lake: Path, places: list[Place]) -> bool:
    """Whether a file of the data directory itself was taken whose rows named erased persons and stand there still."""
    ours = {place.source.name: place.folder for place in places if place.is_ours}
    shelves = Shelves(lake, tuple(place.source for place in places))
    return any(
        part.file_names_erased and (ours[shelf.source_name] / part.file_name).exists()
        for shelf in shelves.every
        if shelf.source_name in ours
        for part in shelf.parts
    )


def chained(register: Register, lake: Path, places: list[Place]) -> Register:
    """The register with the accounts and orders whose rows were kept out because they named an erased person."""
    more: dict[str, set[str]] = {}
    for shelf in Shelves(lake, tuple(place.source for place in places)).every:
        for part in shelf.parts:
            for kind, one in (told.split(":") for told in part.erased_ids):
                more.setdefault(kind, set()).add(one)
    return register.with_hashes(more) if more else register
