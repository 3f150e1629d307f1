"""Takes the rows of erased persons out of parts that are in the lake. Landed files are another matter.

Whatever moment it is killed at, it can be done again: what a part lacks is counted anew from what it holds.
"""

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.bundles import BUNDLES
from pipelines.landing.contracts import QUARANTINE_COLUMNS, Contract
from pipelines.landing.erased.register import Register, keyed
from pipelines.landing.erased.rows import chained_kind, names_erased, text_names_erased
from pipelines.landing.parts import (
    PARQUET,
    WORK_PREFIX,
    Manifest,
    commit,
    committed_parts,
    manifest_path,
    part_name,
    quarantine_path,
    rows_path,
)
from pipelines.landing.repeats import REPEATS
from pipelines.landing.sql import as_plain_path, identifiers, literal, typed_union

if TYPE_CHECKING:
    import duckdb

NEW_NUMBERS = "erased_numbers"


@dataclass(frozen=True)
class Shelf:
    """The parts of one feed of one source, and the region of the source's phone numbers."""

    folder: Path
    contract: Contract
    source_name: str
    region: str

    @property
    def parts(self) -> list[Manifest]:
        """The complete parts. BadInput when one is damaged."""
        return committed_parts(self.folder)


@dataclass(frozen=True)
class NewFile:
    """What a landed file became when rows were taken out of it: its hash, and the numbers of those rows."""

    file_hash: str
    row_numbers: Collection[int]


def marked_rows(connection: "duckdb.DuckDBPyConnection", shelf: Shelf, part: Manifest) -> int:
    """How many rows of the part name an erased person; the register is open on the connection."""
    rows = f"({_rows(shelf, part)})"
    return int(connection.execute(f"select count(*) from {rows} where {_names(shelf, part)}").fetchall()[0][0])


def marked_quarantine(register: Register, shelf: Shelf, part: Manifest) -> list[int]:
    """The places of the quarantined rows that name one, in the order of their file."""
    import pyarrow.parquet as pq

    file = quarantine_path(shelf.folder, part.part)
    if not part.rows_quarantined or not file.exists():
        return []
    texts = pq.read_table(file, columns=["original_values"])["original_values"].to_pylist()
    return [
        place
        for place, text in enumerate(texts)
        if text_names_erased(register, shelf.contract, shelf.source_name, shelf.region, text)
    ]


def purge_part(
    connection: "duckdb.DuckDBPyConnection",
    register: Register,
    shelf: Shelf,
    part: Manifest,
    new_file: NewFile | None = None,
) -> bool:
    """Writes the part without the rows of erased persons, if it has any; returns whether it had.

    With `new_file` it becomes the part of that file, as if that had always been what landed.
    """
    places = marked_quarantine(register, shelf, part)
    if not (found := marked_rows(connection, shelf, part) or places) and new_file is None:
        return bool(found)
    with tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=shelf.folder) as work:
        made = _write(connection, shelf, part, Path(work), places, new_file)
        commit(shelf.folder, Path(work), made)
    if not made.rows_quarantined:
        quarantine_path(shelf.folder, made.part).unlink(missing_ok=True)
    if made.part != part.part:
        manifest_path(shelf.folder, part.part).unlink()  # before its rows: no moment has a mark without them
        rows_path(shelf.folder, part.part).unlink()
        quarantine_path(shelf.folder, part.part).unlink(missing_ok=True)
    return True


def _write(
    connection: "duckdb.DuckDBPyConnection",
    shelf: Shelf,
    part: Manifest,
    work: Path,
    places: list[int],
    new_file: NewFile | None,
) -> Manifest:
    file_hash = new_file.file_hash if new_file else part.file_hash
    _write_new_numbers(connection, new_file.row_numbers if new_file else ())
    rows, quarantine = work / "rows.parquet", work / "quarantine.parquet"
    kept = f"(select * from ({_rows(shelf, part)}) where not {_names(shelf, part)})"
    connection.execute(
        f"copy ({_renumbered(kept, shelf.contract.lake_columns, file_hash)}) to {literal(rows)} {PARQUET}"
    )
    quarantined = _write_quarantine(connection, shelf, part, quarantine, places, file_hash)
    erased_ids = {*part.erased_ids, *_erased_ids(connection, shelf, part)}
    key = identifiers(shelf.contract.key)
    written = f"read_parquet({literal(as_plain_path(rows))})"
    [(loaded, keys)] = connection.execute(f"select count(*), count(distinct row({key})) from {written}").fetchall()
    return part.model_copy(
        update={
            "file_hash": file_hash,
            "part": part_name(file_hash, part.recipe_hash),
            "rows_loaded": loaded,
            "rows_quarantined": quarantined,
            "rows_erased": part.rows_read - loaded - quarantined - part.duplicates_dropped,
            "repeated_keys": loaded - keys,
            "erased_ids": tuple(sorted(erased_ids)),
            "file_names_erased": new_file is None,
            "file_rows": part.file_rows - (len(new_file.row_numbers) if new_file else 0),
        }
    )


def _write_quarantine(
    connection: "duckdb.DuckDBPyConnection",
    shelf: Shelf,
    part: Manifest,
    target: Path,
    places: list[int],
    file_hash: str,
) -> int:
    left = part.rows_quarantined - len(places)
    if not part.rows_quarantined or not left:
        return 0
    file = literal(as_plain_path(quarantine_path(shelf.folder, part.part)))
    is_gone = f"list_contains({places}::bigint[], file_row_number)"
    kept = f"(from read_parquet({file}, file_row_number = true) where not {is_gone})"
    connection.execute(f"copy ({_renumbered(kept, QUARANTINE_COLUMNS, file_hash)}) to {literal(target)} {PARQUET}")
    [(written,)] = connection.execute(f"select count(*) from read_parquet({literal(as_plain_path(target))})").fetchall()
    return int(written)


def _erased_ids(connection: "duckdb.DuckDBPyConnection", shelf: Shelf, part: Manifest) -> list[str]:
    """What later rows may name that person by, as `refining.erasing` tells it of a file that is taken."""
    kind = chained_kind(shelf.contract)
    if kind is None:
        return []
    told = keyed(kind, f"source_name || ':' || {identifiers(shelf.contract.key)}")
    rows = f"({_rows(shelf, part)}) where {_names(shelf, part)}"
    return [f"{kind}:{one}" for (one,) in connection.execute(f"select distinct {told} from {rows}").fetchall()]


def _rows(shelf: Shelf, part: Manifest) -> str:
    return typed_union([rows_path(shelf.folder, part.part)], shelf.contract.lake_columns)


def _names(shelf: Shelf, part: Manifest) -> str:
    return names_erased(shelf.contract, f"({_rows(shelf, part)})")


def _write_new_numbers(connection: "duckdb.DuckDBPyConnection", gone: Collection[int]) -> None:
    """From which row number on how many rows before it are gone."""
    steps = [(0, 0), *((number, place) for place, number in enumerate(sorted(gone), 1))]
    connection.execute(f"create or replace temp table {NEW_NUMBERS} (first bigint, gone bigint)")
    connection.execute(
        f"insert into {NEW_NUMBERS} select unnest(?::bigint[]), unnest(?::bigint[])",
        [[first for first, _ in steps], [gone for _, gone in steps]],
    )


def _renumbered(rows: str, columns: dict[str, str], file_hash: str) -> str:
    """The rows in their order, with their numbers and their file's hash as they are in the rewritten file."""
    listed = identifiers(columns)
    return (
        f"select {listed} from (select * replace (row_number - gone as row_number, {literal(file_hash)} as file_hash) "
        f"from (select *, row_number() over () as place from {rows}) "
        f"asof left join {NEW_NUMBERS} on row_number >= first) order by place"
    )


def forget_what_was_made(folder: Path) -> None:
    """Removes what is made of parts, and will be again, and what killed runs left: bundles, repeated keys, work."""
    (folder / f"{BUNDLES}.json").unlink(missing_ok=True)
    (folder / f"{REPEATS}.parquet").unlink(missing_ok=True)
    for bundle in folder.glob("bundle-*.parquet"):
        bundle.unlink()
    for work in folder.glob(f"{WORK_PREFIX}*"):
        shutil.rmtree(work) if work.is_dir() else work.unlink()
