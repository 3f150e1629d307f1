"""Takes every landed file of a feed into the lake, once. The modules it calls cast, judge and commit."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from pipelines.landing.blocked_identifiers import patterns_for
from pipelines.landing.contracts import Contract, load_contracts
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.parts import (
    WORK_PREFIX,
    Manifest,
    commit,
    committed_parts,
    feed_folder,
    mark,
    part_name,
    remove_leftovers,
    was_overwritten_since,
)
from pipelines.landing.readers import read_landed_file
from pipelines.landing.refining.file_in_hand import FileInHand
from pipelines.landing.refining.refine import refine
from pipelines.landing.selects import bind_input, bind_select
from pipelines.landing.sources import Source
from pipelines.landing.sql import open_connection
from pipelines.landing.unread.files import looks_like_input
from pipelines.landing.unread.within import unread_within
from pipelines.problems import BadInput

# Raise it when the same file and recipe would now give other rows: every part is then taken anew.
LAKE_FORMAT = 2


class IngestedFile(Manifest):
    """The manifest of a part, and whether this run wrote it."""

    is_new: bool


class Landing:
    """The files of one source in one data folder, each hashed once."""

    def __init__(self, source: Source, data_folder: Path) -> None:
        self.source = source
        self.data_folder = data_folder
        self._hashes: dict[Path, str] = {}
        if not data_folder.is_dir():
            fault = "is a file" if data_folder.exists() else "does not exist"
            raise BadInput(f"the data folder {data_folder} {fault}: name the folder that holds the exports")
        if not os.access(data_folder, os.R_OK | os.X_OK):
            raise BadInput(f"the data folder {data_folder} may not be read: give the user who runs Guanxi the right to")
        if not any(path.is_file() for path in data_folder.rglob("*")):
            raise BadInput(f"the data folder {data_folder} holds no files: put the exports of {source.name} there")

    def files(self, input_name: str) -> list[Path]:
        """The files of an input by name; hidden files and the locks of an open spreadsheet are none."""
        pattern = self.source.files[input_name].pattern
        found = self.data_folder.glob(pattern)
        return sorted(path for path in found if path.is_file() and not path.name.startswith((".", "~$")))

    def name(self, path: Path) -> str:
        """The file's name as the user knows it."""
        return path.relative_to(self.data_folder).as_posix()

    def hash(self, path: Path) -> str:
        """SHA-256 of the content. BadInput when the file may not be read."""
        if path not in self._hashes:
            try:
                with path.open("rb") as stream:
                    self._hashes[path] = hashlib.file_digest(stream, "sha256").hexdigest()
            except PermissionError as error:
                raise BadInput(f"{path} may not be read: give the user who runs Guanxi the right to") from error
        return self._hashes[path]


def ingest_feed(source: Source, data_folder: Path, feed: str, lake: Path) -> list[IngestedFile]:
    """Every file of the feed as a part of the lake; a file that is already there is not read again.

    Can be killed at any moment and run again. BadInput when the folder is missing or empty, a required feed has no
    file, a file cannot be used, or the source's select does not fit it. An optional feed without files gives [].
    """
    contract = load_contracts()[feed]
    landing = Landing(source, data_folder)
    files = _files_to_take(landing, contract)
    folder = feed_folder(lake, feed, source.name)
    if folder.is_dir():
        remove_leftovers(folder)
    taken: dict[str, IngestedFile] = {}
    for file in files:
        if landing.hash(file) not in taken:
            taken[landing.hash(file)] = _take(landing, contract, file, folder)
    return list(taken.values())


def _files_to_take(landing: Landing, contract: Contract) -> list[Path]:
    if contract.feed not in landing.source.feeds:
        return []
    first, *look_ups = landing.source.feeds[contract.feed].reads
    files = landing.files(first)
    needed = [*([first] if contract.is_required else []), *(look_ups if files else [])]
    for input_name in needed:
        if not landing.files(input_name):
            raise BadInput(
                f"no file in {landing.data_folder} matches '{landing.source.files[input_name].pattern}', which feed "
                f"{contract.feed} of source {landing.source.name} needs: "
                f"{looks_like_input(landing, input_name)}put it there, or choose another source"
            )
    return files


def _take(landing: Landing, contract: Contract, file: Path, folder: Path) -> IngestedFile:
    recipe_hash = _recipe_hash(landing, contract)
    part = part_name(landing.hash(file), recipe_hash)
    committed = committed_parts(folder)
    for manifest in committed:
        if manifest.part == part:
            if was_overwritten_since(manifest, committed):  # and now holds its earlier content again: that is news
                manifest = manifest.model_copy(update={"ingested_at": _now()})
                mark(folder, manifest)
            return IngestedFile(**manifest.model_dump(), is_new=False)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=folder) as work:
        manifest = _make_part(landing, contract, file, recipe_hash, Path(work))
        for earlier in committed:
            if earlier.file_hash == manifest.file_hash:  # a new recipe does not make an old file the newest one
                manifest = manifest.model_copy(update={"ingested_at": earlier.ingested_at})
        commit(folder, Path(work), manifest)
    remove_leftovers(folder)
    return IngestedFile(**manifest.model_dump(), is_new=True)


def _make_part(landing: Landing, contract: Contract, file: Path, recipe_hash: str, work: Path) -> Manifest:
    source, name, file_hash = landing.source, landing.name(file), landing.hash(file)
    with open_connection(work) as connection:
        first, *look_ups = source.feeds[contract.feed].reads
        landed = _read(landing, first, file, work, "input")
        bind_input(connection, first, [landed.relation])
        for input_name in look_ups:
            looked_up = [
                _read(landing, input_name, path, work, f"{input_name}_{number}")
                for number, path in enumerate(landing.files(input_name))
            ]
            bind_input(connection, input_name, [look_up.relation for look_up in looked_up])
        types = bind_select(connection, source, contract, name)
        in_hand = FileInHand(connection, source, contract, types, landed, name, file_hash, work)
        counts = refine(in_hand)
        unread, columns_unread = unread_within(in_hand)
    return Manifest(
        source_name=source.name,
        feed=contract.feed,
        file_name=name,
        file_hash=file_hash,
        recipe_hash=recipe_hash,
        part=part_name(file_hash, recipe_hash),
        **asdict(counts),
        remarks=landed.remarks,
        columns_unread=columns_unread,
        unread=unread,
        ingested_at=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _read(landing: Landing, input_name: str, path: Path, work: Path, folder_name: str) -> LandedFile:
    folder = work / folder_name
    folder.mkdir()
    return read_landed_file(path, landing.name(path), folder, landing.source.form(input_name))


def _recipe_hash(landing: Landing, contract: Contract) -> str:
    """Digest of all that decides what a file's rows become, besides the file: look-ups count with their content."""
    source = landing.source
    reads = source.feeds[contract.feed]
    look_ups = [[landing.name(path), landing.hash(path)] for name in reads.reads[1:] for path in landing.files(name)]
    meaning = contract.model_dump(mode="json", exclude={"grain": True, "columns": {"__all__": {"en", "zh"}}})
    recipe = {
        "lake_format": LAKE_FORMAT,
        "selects": [source.select_text(name) for name in (contract.feed, *reads.uses)],
        "reads": reads.model_dump(mode="json"),
        "forms": [source.form(name).model_dump(mode="json", exclude={"pattern"}) for name in reads.reads],
        "look_ups": look_ups,
        "contract": meaning,
        "blocked": [
            [column.name, blocked.pattern]
            for column in contract.columns
            for blocked in patterns_for(column, source.blocked_identifiers)
        ],
        "settings": source.model_dump(mode="json", include={"time_zone", "currency", "country", "encoding"}),
    }
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
