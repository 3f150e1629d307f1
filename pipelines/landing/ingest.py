"""Takes every landed file of a feed into the lake, once. The modules it calls cast, judge and commit."""

import hashlib
import json
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.landing.blocked_identifiers import patterns_for
from pipelines.landing.bundles import bundle, parts_to_bundle
from pipelines.landing.contracts import Contract, load_contracts
from pipelines.landing.erased.register import NOBODY, Register
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.landed_files import Landing
from pipelines.landing.parts import WORK_PREFIX, Manifest, feed_folder, part_name
from pipelines.landing.readers import read_landed_file
from pipelines.landing.refining.feed_file import FeedFile
from pipelines.landing.refining.steps import refine
from pipelines.landing.remembered import remember_files, remembered_files
from pipelines.landing.repeats import are_known, find_repeats
from pipelines.landing.selects import bind_input, bind_select
from pipelines.landing.shelf import Shelf
from pipelines.landing.side_by_side import end_if_stopped
from pipelines.landing.sources import Source
from pipelines.landing.sql import MEMORY_LIMIT, as_plain_path, identifier, literal
from pipelines.landing.unread.files import looks_like_input
from pipelines.landing.unread.within import unread_within
from pipelines.landing.watching import held_still, until_it_holds_still
from pipelines.landing.workbench import Workbench
from pipelines.problems import BadInput

if TYPE_CHECKING:
    import duckdb

# Raise it when the same file and recipe would now give other rows: every part is then taken anew.
LAKE_FORMAT = 2


class IngestedFile(Manifest):
    """The manifest of a part, and whether this run wrote it."""

    is_new: bool


def ingest_feed(
    source: Source,
    data_folder: Path,
    feed: str,
    lake: Path,
    memory_limit: str = MEMORY_LIMIT,
    erased: Register = NOBODY,
) -> list[IngestedFile]:
    """Every file of the feed as a part of the lake; a file that is already there is not read again.

    `memory_limit` is DuckDB's (`1GB`); beyond it the work goes to disk. Rows that name somebody `erased` are left out.
    Can be killed at any moment and run again. BadInput when the folder is missing or empty, a required feed has no
    file, a file cannot be used, or the source's select does not fit it. An optional feed without files gives [].
    """
    contract = load_contracts()[feed]
    folder = feed_folder(lake, feed, source.name)
    landing = Landing(source, data_folder, remembered_files(folder))
    files = _files_to_take(landing, contract)
    shelf = Shelf(folder, {landing.hash(file) for file in files})
    taken: dict[str, IngestedFile] = {}
    recipe = _recipe(source, contract) if files else {}
    with Workbench(shelf.folder, memory_limit) as bench:
        for file in files:
            end_if_stopped()
            if landing.hash(file) not in taken:
                take = partial(_take, landing, contract, recipe, file, shelf, bench, erased)
                part = until_it_holds_still(file, take, landing.forget)
                taken[part.file_hash] = part
        if due := parts_to_bundle(shelf.folder, shelf.parts):
            bundle(bench.connection, shelf.folder, shelf.parts, due)
        if not are_known(shelf.folder, contract, shelf.parts):
            find_repeats(bench.connection, shelf.folder, contract, shelf.parts)
    shelf.tidy()
    if taken:
        remember_files(folder, landing.all_seen)
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


def _take(
    landing: Landing,
    contract: Contract,
    recipe: dict[str, Any],
    file: Path,
    shelf: Shelf,
    bench: Workbench,
    erased: Register,
) -> IngestedFile:
    recipe_hash, file_hash = _recipe_hash(recipe, landing, contract), landing.hash(file)
    known = shelf.find(part_name(file_hash, recipe_hash), file_hash)
    if known:
        return IngestedFile(**shelf.seen_again(known, landing.name(file), _now()).model_dump(), is_new=False)
    shelf.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=shelf.folder) as work:
        with held_still(landing.seen([file, *_look_ups(landing, contract)])):
            try:
                in_hand = take_in_hand(landing, contract, file, Path(work), bench.connection)
                manifest = _make_part(in_hand, recipe_hash, erased)
            except Exception:
                bench.clear()
                raise
        return IngestedFile(**shelf.add(manifest, Path(work)).model_dump(), is_new=True)


def _look_ups(landing: Landing, contract: Contract) -> list[Path]:
    return [path for name in landing.source.feeds[contract.feed].reads[1:] for path in landing.files(name)]


def take_in_hand(
    landing: Landing, contract: Contract, file: Path, work: Path, connection: "duckdb.DuckDBPyConnection"
) -> FeedFile:
    """The file with its look-ups, read and bound to the feed's select; what it needs on disk lies in `work`."""
    source, name, file_hash = landing.source, landing.name(file), landing.hash(file)
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
    return FeedFile(connection, source, contract, types, landed, name, file_hash, work)


def _make_part(in_hand: FeedFile, recipe_hash: str, erased: Register) -> Manifest:
    counts = refine(in_hand, erased)
    unread, columns_unread = unread_within(in_hand)
    ingested_at = _now()
    newest_row_at = _newest_row_at(in_hand.connection, in_hand.contract, in_hand.work, ingested_at)
    return Manifest(
        source_name=in_hand.source.name,
        feed=in_hand.contract.feed,
        file_name=in_hand.file_name,
        file_hash=in_hand.file_hash,
        recipe_hash=recipe_hash,
        part=part_name(in_hand.file_hash, recipe_hash),
        **asdict(counts),
        newest_row_at=newest_row_at,
        ingested_at=ingested_at,
        remarks=in_hand.landed.remarks,
        columns_unread=columns_unread,
        unread=unread,
        file_names_erased=counts.rows_erased > 0,
    )


def _newest_row_at(
    connection: "duckdb.DuckDBPyConnection", contract: Contract, work: Path, landed_at: str
) -> str | None:
    """The latest moment up to the landing that a loaded row tells of."""
    instants = [identifier(column.name) for column in contract.columns if column.type == "instant"]
    if not instants:
        return None
    until = literal(datetime.fromisoformat(landed_at).replace(tzinfo=None))
    newest = ", ".join(f"max({name}) filter (where {name} <= cast({until} as timestamp))" for name in instants)
    [(found,)] = connection.execute(
        f"select greatest({newest}) from read_parquet({literal(as_plain_path(work / 'rows.parquet'))})"
    ).fetchall()
    return found and found.replace(tzinfo=UTC).isoformat(timespec="microseconds")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _read(landing: Landing, input_name: str, path: Path, work: Path, folder_name: str) -> LandedFile:
    folder = work / folder_name
    folder.mkdir()
    return read_landed_file(path, landing.name(path), folder, landing.source.form(input_name))


def _recipe(source: Source, contract: Contract) -> dict[str, Any]:
    """All that decides what a file's rows become, besides the file and look-ups."""
    reads = source.feeds[contract.feed]
    return {
        "lake_format": LAKE_FORMAT,
        "selects": [source.select_text(name) for name in (contract.feed, *reads.uses)],
        "reads": reads.model_dump(mode="json"),
        "forms": [source.form(name).model_dump(mode="json", exclude={"pattern"}) for name in reads.reads],
        "contract": contract.model_dump(mode="json", exclude={"grain": True, "columns": {"__all__": {"en", "zh"}}}),
        "blocked": [
            [column.name, blocked.pattern]
            for column in contract.columns
            for blocked in patterns_for(column, source.blocked_identifiers)
        ],
        "settings": source.model_dump(mode="json", include={"time_zone", "currency", "country", "encoding"}),
        **_rates(source, contract),
    }


def _rates(source: Source, contract: Contract) -> dict[str, Any]:
    """From when on rates are known, which decides what is kept out; what they are is dbt's matter."""
    if not source.first_rates or all(column.falls_back_to != "currency" for column in contract.columns):
        return {}
    return {"first_rates": {currency: str(day) for currency, day in source.first_rates.items()}}


def _recipe_hash(recipe: dict[str, Any], landing: Landing, contract: Contract) -> str:
    """Its digest, in which look-ups count with their content."""
    inputs = landing.source.feeds[contract.feed].reads[1:]
    look_ups = [[landing.name(path), landing.hash(path)] for name in inputs for path in landing.files(name)]
    return hashlib.sha256(json.dumps(recipe | {"look_ups": look_ups}, sort_keys=True).encode()).hexdigest()
