"""Which keys of a feed have more than one version, found once when files are taken. Which version counts is not asked.

Beside the parts of a feed of a source lies repeats.parquet, made of them and made again when it is gone: its keys are
all that stand on more than one row of the parts that its metadata names, and perhaps some that stand on one.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.durable import move_durably
from pipelines.landing.bundles import files_of
from pipelines.landing.contracts import Contract
from pipelines.landing.parts import WORK_PREFIX, Manifest, is_whole
from pipelines.landing.sql import as_plain_path, identifier, identifiers, literal, typed_union

if TYPE_CHECKING:
    import duckdb

REPEATS = "repeats"
METADATA = "parts"


def repeats_path(folder: Path) -> Path:
    """The repeated keys of a feed of a source."""
    return folder / f"{REPEATS}.parquet"


def key_columns(contract: Contract) -> dict[str, str]:
    """What a row is told from others by, with the DuckDB types."""
    return {name: contract.lake_columns[name] for name in ("source_name", *contract.key)}


def can_repeat(parts: list[Manifest]) -> bool:
    """Whether a key of these parts can stand on two rows."""
    return len(parts) > 1 or any(part.repeated_keys for part in parts)


def covers(connection: "duckdb.DuckDBPyConnection", folder: Path, contract: Contract) -> set[str]:
    """The parts whose repeated keys are all in the file: none when there is no file of this key, or it is damaged."""
    import duckdb

    file = repeats_path(folder)
    if not is_whole(file):
        return set()
    try:
        found = connection.execute(f"select decode(value) from parquet_kv_metadata({literal(as_plain_path(file))})")
        told = json.loads(found.fetchall()[0][0])
    except (duckdb.Error, ValueError, IndexError):
        return set()
    return set(told["parts"]) if told["key"] == list(contract.key) else set()


def are_known(folder: Path, contract: Contract, parts: list[Manifest]) -> bool:
    """Whether repeats.parquet is up to these parts, or need not be there."""
    import duckdb

    if not can_repeat(parts):
        return True
    with duckdb.connect() as connection:
        return {part.part for part in parts} <= covers(connection, folder, contract)


def find_repeats(
    connection: "duckdb.DuckDBPyConnection", folder: Path, contract: Contract, parts: list[Manifest]
) -> None:
    """Brings repeats.parquet up to these parts: keys of those it does not know are compared with all others."""
    known = covers(connection, folder, contract)
    new = [part for part in parts if part.part not in known]
    old = [part for part in parts if part.part in known]
    columns = key_columns(contract)
    key = identifiers(columns)
    added = typed_union(files_of(folder, [part.part for part in new]), columns)
    found = [f"select {key} from ({added}) where hash({key}) in ({_repeated_hashes(added, key)})"] * can_repeat(new)
    if old:
        before = typed_union(files_of(folder, [part.part for part in old]), columns)
        hashes = f"select hash({key}) from ({added})"
        found.append(f"select {key} from ({before}) where hash({key}) in ({hashes})")
    if known:
        found.append(typed_union([repeats_path(folder)], columns))
    told = json.dumps({"key": contract.key, "parts": sorted(part.part for part in parts)})
    new_file = folder / f"{WORK_PREFIX}{REPEATS}"
    nothing = typed_union([], columns)
    connection.execute(
        f"copy (select distinct {key} from ({' union all '.join([nothing, *found])})) to {literal(new_file)} "
        f"(format parquet, compression zstd, kv_metadata {{{METADATA}: {literal(told)}}})"
    )
    move_durably(new_file, repeats_path(folder))


def repeated_keys(
    connection: "duckdb.DuckDBPyConnection", folders: dict[Path, list[Manifest]], contract: Contract
) -> str | None:
    """SQL for the keys that may have several versions, over these folders with their parts; None when nobody knows."""
    files = []
    for folder, parts in folders.items():
        if can_repeat(parts):
            if not {part.part for part in parts} <= covers(connection, folder, contract):
                return None
            files.append(repeats_path(folder))
    return typed_union(files, key_columns(contract))


def same_key(contract: Contract, left: str, right: str) -> str:
    """SQL that compares the keys of two relations; in a part taken before a key was agreed upon it is empty."""
    return " and ".join(
        f"{left}.{identifier(name)} is not distinct from {right}.{identifier(name)}" for name in key_columns(contract)
    )


def _repeated_hashes(rows: str, key: str) -> str:
    """Of two keys with one hash neither need be repeated: it is looked at in vain, which changes nothing."""
    return f"select key_hash from (select hash({key}) as key_hash from ({rows})) group by key_hash having count(*) > 1"
