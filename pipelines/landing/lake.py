"""Views over the committed parts of the lake: raw.<feed> and ops. How parts come to be does not belong here."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.contracts import QUARANTINE_COLUMNS, Contract, load_contracts
from pipelines.landing.parts import Manifest, committed_parts, feed_folder, manifest_path, quarantine_path, rows_path
from pipelines.landing.sql import identifier, identifiers, literal, paths

if TYPE_CHECKING:
    import duckdb

MANIFEST_COLUMNS: dict[str, str] = {
    "source_name": "varchar",
    "feed": "varchar",
    "file_name": "varchar",
    "file_hash": "varchar",
    "recipe_hash": "varchar",
    "part": "varchar",
    "file_rows": "bigint",
    "rows_read": "bigint",
    "rows_loaded": "bigint",
    "rows_quarantined": "bigint",
    "duplicates_dropped": "bigint",
    "repeated_keys": "bigint",
    "identifiers_ignored": "bigint",
    "columns_unread": "bigint",
    "ingested_at": "timestamp",
    "remarks": "varchar",
}


def create_raw_view(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, source_names: list[str]
) -> None:
    """Makes raw.<feed>: one row per key and source, the newest by the feed's version column, then by landing.

    Columns are those of `feed.lake_columns`. Without any part the view is empty and has the same columns and types.
    """
    parts = {
        rows_path(feed_folder(lake, feed.feed, source_name), manifest.part): manifest
        for source_name in sorted(set(source_names))
        for manifest in committed_parts(feed_folder(lake, feed.feed, source_name))
    }
    rows = _typed_union(list(parts), feed.lake_columns)
    if _has_repeated_keys(list(parts.values())):
        rows = _newest_per_key(rows, feed, list(parts.values()))
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace view raw.{identifier(feed.feed)} as {rows}")


def create_ops_views(connection: "duckdb.DuckDBPyConnection", lake: Path, source_names: list[str]) -> None:
    """Makes ops.ingested_files (a row per part) and ops.quarantined_rows (a row per record kept out)."""
    manifests, quarantines = [], []
    for feed in load_contracts():
        for source_name in sorted(set(source_names)):
            folder = feed_folder(lake, feed, source_name)
            for manifest in committed_parts(folder):
                manifests.append(manifest_path(folder, manifest.part))
                if manifest.rows_quarantined:
                    quarantines.append(quarantine_path(folder, manifest.part))
    connection.execute("create schema if not exists ops")
    connection.execute(f"create or replace view ops.ingested_files as {_manifests(manifests)}")
    quarantined = _typed_union(quarantines, QUARANTINE_COLUMNS)
    connection.execute(f"create or replace view ops.quarantined_rows as {quarantined}")


def _typed_union(files: list[Path], columns: dict[str, str]) -> str:
    """All files with exactly these columns; a part taken before a column was agreed upon is empty in it."""
    nulls = ", ".join(f"cast(null as {duckdb_type}) as {identifier(name)}" for name, duckdb_type in columns.items())
    empty = f"select {nulls} where false"
    if not files:
        return empty
    rows = f"{empty} union all by name select * from read_parquet({paths(files)}, union_by_name = true)"
    return f"select {identifiers(columns)} from ({rows})"


def _has_repeated_keys(parts: list[Manifest]) -> bool:
    """One part per source without repeated keys needs no window over all its rows."""
    return len({part.source_name for part in parts}) < len(parts) or any(part.repeated_keys for part in parts)


def _newest_per_key(rows: str, feed: Contract, parts: list[Manifest]) -> str:
    landed = sorted(parts, key=lambda part: (part.ingested_at, part.file_name, part.part))
    order = ", ".join(
        f"({literal(part.source_name)}, {literal(part.file_hash)}, {number})" for number, part in enumerate(landed)
    )
    version = f"{identifier(feed.version)} desc nulls last, " if feed.version else ""
    return (
        f"select {identifiers(feed.lake_columns)} from ({rows}) "
        f"inner join (values {order}) as landed(source_name, file_hash, landed_as) using (source_name, file_hash) "
        f"qualify row_number() over (partition by source_name, {identifiers(feed.key)} "
        f"order by {version}landed_as desc, row_number desc) = 1"
    )


def _manifests(files: list[Path]) -> str:
    nulls = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in MANIFEST_COLUMNS.items())
    if not files:
        return f"select {nulls} where false"
    written = MANIFEST_COLUMNS | {"remarks": "varchar[]"}
    kinds = ", ".join(f"{identifier(name)}: {literal(kind)}" for name, kind in written.items())
    told = "coalesce(array_to_string(remarks, '; '), '') as remarks"
    return f"select * replace ({told}) from read_json({paths(files)}, columns = {{{kinds}}})"
