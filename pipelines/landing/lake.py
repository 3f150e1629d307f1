"""Views over the committed parts of the lake: raw, superseded and ops. How parts come to be does not belong here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.arrivals import Arrival, arrivals
from pipelines.landing.contracts import QUARANTINE_COLUMNS, Contract, load_contracts
from pipelines.landing.nights import EVER, BusinessDay, read_nights
from pipelines.landing.parts import committed_parts, feed_folder, manifest_path, quarantine_path, rows_path
from pipelines.landing.sql import identifier, identifiers, literal, paths
from pipelines.landing.versions import can_repeat_keys, counting_rows, known_rows, superseded_rows

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
    "newest_row_at": "timestamp",
    "ingested_at": "timestamp",
    "remarks": "varchar",
}

TOTALS = {
    "feed_totals": """
        select
            feed,
            count(*) as file_count,
            cast(sum(rows_read) as bigint) as rows_read,
            cast(sum(rows_loaded) as bigint) as rows_loaded,
            cast(sum(rows_quarantined) as bigint) as rows_quarantined,
            cast(sum(duplicates_dropped) as bigint) as duplicates_dropped
        from ops.ingested_files group by feed
    """,
    "quarantine_reasons": """
        select feed, reason, count(*) as row_count from ops.quarantined_rows group by feed, reason
    """,
}


def create_raw_view(
    connection: "duckdb.DuckDBPyConnection",
    lake: Path,
    feed: Contract,
    source_names: list[str],
    as_of: BusinessDay = EVER,
) -> None:
    """Makes raw.<feed>: one row per key and source, the newest that was known on the day (versions.py says which).

    Columns are those of `feed.lake_columns`. Without any part the view is empty and has the same columns and types.
    BadInput when a part is damaged.
    """
    landed = _landed(lake, feed, source_names, as_of)
    rows = landed.rows
    if can_repeat_keys(landed.arrivals, landed.repeated_keys):
        rows = f"select {identifiers(feed.lake_columns)} from ({counting_rows(rows, feed, landed.arrivals, as_of)})"
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace view raw.{identifier(feed.feed)} as {rows}")


def create_superseded_view(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> None:
    """Makes superseded.<feed>: what the rows of raw.<feed>, made as of the same day, were before, and until when.

    Columns are those of `feed.lake_columns`, known_from (empty: from the beginning) and known_until, both included.
    """
    landed = _landed(lake, feed, source_names, as_of)
    rows = typed_union([], feed.lake_columns | {"known_from": "date", "known_until": "date"})
    if can_repeat_keys(landed.arrivals, landed.repeated_keys):
        rows = superseded_rows(landed.rows, feed, landed.arrivals, as_of)
    connection.execute("create schema if not exists superseded")
    connection.execute(f"create or replace view superseded.{identifier(feed.feed)} as {rows}")


def count_later_rows(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> int:
    """Fills this feed's rows of ops.later_versions and returns the sum of their later_rows.

    Those are rows of raw.<feed>, made as of the same day, that became known only after it; a row of which the feed
    says that it happened after the day is none, since nothing that is built as of the day looks at it.
    """
    landed = _landed(lake, feed, source_names, as_of)
    choose = counting_rows if can_repeat_keys(landed.arrivals, landed.repeated_keys) else known_rows
    happened = f"coalesce({identifier(feed.happened_at)} < ?, true)" if feed.happened_at else "? is not null"
    connection.execute("create schema if not exists ops")
    connection.execute(
        "create table if not exists ops.later_versions"
        " (feed varchar, source_name varchar, row_count bigint, later_rows bigint)"
    )
    connection.execute("delete from ops.later_versions where feed = ?", [feed.feed])
    if not landed.arrivals:
        return 0
    connection.execute(
        f"insert into ops.later_versions select ?, source_name, count(*), count(*) filter (not is_known and {happened})"
        f" from ({choose(landed.rows, feed, landed.arrivals, as_of)}) group by source_name order by source_name",
        [feed.feed, as_of.ends_at],
    )
    [(later,)] = connection.execute(
        "select coalesce(sum(later_rows), 0) from ops.later_versions where feed = ?", [feed.feed]
    ).fetchall()
    return int(later)


@dataclass(frozen=True)
class Landed:
    """All versions of a feed's rows as SQL, and the landings of the files they came with."""

    rows: str
    arrivals: list[Arrival]
    repeated_keys: int


def _landed(lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay) -> Landed:
    parts = {
        rows_path(folder, manifest.part): manifest
        for folder in (feed_folder(lake, feed.feed, source_name) for source_name in sorted(set(source_names)))
        for manifest in committed_parts(folder)
    }
    found = arrivals(list(parts.values()), read_nights(lake), as_of)
    return Landed(
        typed_union(list(parts), feed.lake_columns), found, sum(part.repeated_keys for part in parts.values())
    )


def create_ops_views(connection: "duckdb.DuckDBPyConnection", lake: Path, source_names: list[str]) -> None:
    """Makes ops.ingested_files (a row per part), ops.quarantined_rows (a row per record kept out) and their totals."""
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
    quarantined = typed_union(quarantines, QUARANTINE_COLUMNS)
    connection.execute(f"create or replace view ops.quarantined_rows as {quarantined}")
    for name, totals in TOTALS.items():
        connection.execute(f"create or replace view ops.{name} as {totals}")


def typed_union(files: list[Path], columns: dict[str, str]) -> str:
    """All files with exactly these columns; a part taken before a column was agreed upon is empty in it."""
    nulls = ", ".join(f"cast(null as {duckdb_type}) as {identifier(name)}" for name, duckdb_type in columns.items())
    empty = f"select {nulls} where false"
    if not files:
        return empty
    rows = f"{empty} union all by name select * from read_parquet({paths(files)}, union_by_name = true)"
    return f"select {identifiers(columns)} from ({rows})"


def _manifests(files: list[Path]) -> str:
    nulls = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in MANIFEST_COLUMNS.items())
    if not files:
        return f"select {nulls} where false"
    written = MANIFEST_COLUMNS | {"remarks": "varchar[]"}
    kinds = ", ".join(f"{identifier(name)}: {literal(kind)}" for name, kind in written.items())
    told = "coalesce(array_to_string(remarks, '; '), '') as remarks"
    return f"select * replace ({told}) from read_json({paths(files)}, columns = {{{kinds}}})"
