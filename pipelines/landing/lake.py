"""What a build sees of the lake: raw, superseded and ops. How parts come to be does not belong here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.arrivals import Arrival, arrivals
from pipelines.landing.bundles import files_of
from pipelines.landing.contracts import QUARANTINE_COLUMNS, Contract, load_contracts
from pipelines.landing.nights import EVER, BusinessDay, read_nights
from pipelines.landing.parts import Manifest, committed_parts, feed_folder, manifest_path, quarantine_path
from pipelines.landing.repeats import key_columns, repeated_keys, same_key
from pipelines.landing.sql import identifier, identifiers, literal, paths, typed_union
from pipelines.landing.versions import counting_rows, known_rows, landed_again, superseded_rows

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
    "rows_erased": "bigint",
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
            cast(sum(duplicates_dropped) as bigint) as duplicates_dropped,
            cast(sum(rows_erased) as bigint) as rows_erased
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
    *,
    is_kept: bool = False,
) -> None:
    """Makes raw.<feed>: one row per key and source, the newest that was known on the day (versions.py says which).

    A view whose columns are those of `feed.lake_columns`; without any part it is empty and has the same columns and
    types. With `is_kept`, for a night that asks it often, the rows with several versions are looked through once and
    their newest kept as versions.<feed>. BadInput when a part is damaged.
    """
    landed = _landed(connection, lake, feed, source_names, as_of)
    rows = [landed.single] if landed.single else []
    if is_kept:
        connection.execute("create schema if not exists versions")
        connection.execute(f"drop table if exists {_kept(feed)}")  # it may hold rows of a file that was withdrawn since
    if landed.several:
        several = counting_rows(landed.several, feed, landed.arrivals, as_of)
        if landed.single and is_kept:
            connection.execute(f"create table {_kept(feed)} as {several}")
            several = f"select * from {_kept(feed)}"
        rows.append(several)
    counting = " union all ".join(f"(select {identifiers(feed.lake_columns)} from ({some}))" for some in rows)
    connection.execute("create schema if not exists raw")
    connection.execute(f"create or replace view raw.{identifier(feed.feed)} as {counting}")


def _kept(feed: Contract) -> str:
    return f"versions.{identifier(feed.feed)}"


def create_superseded_table(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> None:
    """Makes superseded.<feed>: what the rows of raw.<feed>, made as of the same day, were before, and until when.

    Columns are those of `feed.lake_columns`, known_from (empty: from the beginning) and known_until, both included.
    """
    landed = _landed(connection, lake, feed, source_names, as_of)
    rows = typed_union([], feed.lake_columns | {"known_from": "date", "known_until": "date"})
    if landed.several:
        rows = superseded_rows(landed.several, feed, landed.arrivals, as_of)
    connection.execute("create schema if not exists superseded")
    connection.execute(f"create or replace table superseded.{identifier(feed.feed)} as {rows}")


def count_later_rows(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> int:
    """Fills this feed's rows of ops.later_versions and returns the sum of their later_rows.

    Those are rows of raw.<feed>, kept as of the same day, that became known only after it; a row of which the feed
    says that it happened after the day is none, since nothing that is built as of the day looks at it.
    """
    landed = _landed(connection, lake, feed, source_names, as_of)
    happened = f"coalesce({identifier(feed.happened_at)} < ?, true)" if feed.happened_at else "? is not null"
    connection.execute("create schema if not exists ops")
    connection.execute(
        "create table if not exists ops.later_versions"
        " (feed varchar, source_name varchar, row_count bigint, later_rows bigint)"
    )
    connection.execute("delete from ops.later_versions where feed = ?", [feed.feed])
    if not landed.arrivals:
        return 0
    rows = [known_rows(landed.single, feed, landed.arrivals, as_of)] if landed.single else []
    if landed.several:
        several = counting_rows(landed.several, feed, landed.arrivals, as_of)
        rows.append(f"select * from {_kept(feed)}" if landed.single else several)
    connection.execute(
        f"insert into ops.later_versions select ?, source_name, count(*), count(*) filter (not is_known and {happened})"
        f" from ({' union all '.join(rows)}) group by source_name order by source_name",
        [feed.feed, as_of.ends_at],
    )
    [(later,)] = connection.execute(
        "select coalesce(sum(later_rows), 0) from ops.later_versions where feed = ?", [feed.feed]
    ).fetchall()
    return int(later)


@dataclass(frozen=True)
class Landed:
    """All versions of a feed's rows as SQL, and the landings of the files they came with.

    `single` are rows that are the only version of theirs, so that no query need ask which counts; `several` the others.
    None when there are none.
    """

    single: str | None
    several: str | None
    arrivals: list[Arrival]


def files_and_landings(
    lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> tuple[list[Path], list[Arrival]]:
    """The files with all versions of a feed's rows, and their landings. BadInput when a part is damaged."""
    parts = _parts(lake, feed, source_names)
    return _files(parts), arrivals([part for held in parts.values() for part in held], read_nights(lake), as_of)


def _parts(lake: Path, feed: Contract, source_names: list[str]) -> dict[Path, list[Manifest]]:
    folders = [feed_folder(lake, feed.feed, source_name) for source_name in sorted(set(source_names))]
    return {folder: committed_parts(folder) for folder in folders}


def _files(parts: dict[Path, list[Manifest]]) -> list[Path]:
    return [file for folder, held in parts.items() for file in files_of(folder, [part.part for part in held])]


def _landed(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> Landed:
    parts = _parts(lake, feed, source_names)
    found = arrivals([part for held in parts.values() for part in held], read_nights(lake), as_of)
    rows = typed_union(_files(parts), feed.lake_columns)
    repeated = repeated_keys(connection, parts, feed)
    if repeated is None:
        return Landed(None, rows, found)
    if again := landed_again(found):
        repeated = f"{repeated} union all select {identifiers(key_columns(feed))} from ({rows}) where {again}"
    elif not connection.execute(f"select exists({repeated})").fetchall()[0][0]:
        return Landed(rows, None, found)
    having = f"join ({repeated}) as repeated on {same_key(feed, 'landed', 'repeated')}"
    return Landed(
        f"select landed.* from ({rows}) as landed anti {having}",
        f"select landed.* from ({rows}) as landed semi {having}",
        found,
    )


def create_ops_tables(connection: "duckdb.DuckDBPyConnection", lake: Path, source_names: list[str]) -> None:
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
    made = {
        "ingested_files": _manifests(manifests),
        "quarantined_rows": typed_union(quarantines, QUARANTINE_COLUMNS),
        **TOTALS,
    }
    for name, rows in made.items():  # tables, because each lies in as many files as have landed
        connection.execute(f"create or replace table ops.{name} as {rows}")


def _manifests(files: list[Path]) -> str:
    nulls = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in MANIFEST_COLUMNS.items())
    if not files:
        return f"select {nulls} where false"
    written = MANIFEST_COLUMNS | {"remarks": "varchar[]"}
    kinds = ", ".join(f"{identifier(name)}: {literal(kind)}" for name, kind in written.items())
    told = "coalesce(array_to_string(remarks, '; '), '') as remarks, coalesce(rows_erased, 0) as rows_erased"
    return f"select * replace ({told}) from read_json({paths(files)}, columns = {{{kinds}}})"
