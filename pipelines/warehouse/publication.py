"""Write, audit, publish: the only way by which a built table reaches a reader. Knows no Dagster and builds nothing.

`published/current` is a symbolic link to one generation, a folder with the DuckDB file and a Parquet file per table.
Readers use `published/guanxi.duckdb` and `published/parquet`, which lead through it, so one rename swaps both at once;
a reader that holds the old file open keeps it, since an open file outlives its name.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.warehouse.build import connect, row_counts
from pipelines.warehouse.trust import PublicationRefused, doubts

PUBLISHED_SCHEMAS = ("marts", "ml", "ops")
BUILT_SCHEMAS = ("marts", "ml")  # by a step of the night; ops is the night's own record
GENERATIONS_KEPT = 3
SHOWN = 3
FILE_FOR_ALL = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
FOLDER_FOR_ALL = stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH
# What a landed row said is personal until proven otherwise: readers of the published file get the reason and the place.
WITHHELD = {"ops.quarantined_rows": ("offending_value", "original_values")}


class AuditFailed(Exception):
    """The new file is not what was built; the previous one stays in place."""


@dataclass(frozen=True)
class Publication:
    """One line of `ops.publications`."""

    publication_id: str
    run_id: str
    as_of_date: date
    source_names: str
    published_at: datetime
    table_count: int = 0
    row_count: int = 0


@dataclass(frozen=True)
class Description:
    """What a table and its columns mean, for readers of the published file."""

    table: str
    columns: dict[str, str]


def published_file(folder: Path) -> Path:
    """Where readers find the DuckDB file."""
    return folder / "guanxi.duckdb"


def publish(
    build: Path,
    folder: Path,
    publication: Publication,
    personal_columns: Iterable[str],
    descriptions: dict[str, Description],
    promised: Mapping[str, Iterable[str]],
) -> Publication:
    """Copy what readers may see out of `build` into a new generation, audit it, swap it in, and say what was published.

    `promised` are the rules that every gated table ("schema.name") must have been found to hold, as it is now.

    Raises
    ------
    PublicationRefused
        When a gated table has no complete and passing gate of its present content, or was not built from what landed.
    AuditFailed
        When row counts differ from the build or a personal column would be seen.

    Nothing changes for readers then, nor when the disk is full.
    """
    _require_trust(build, promised)
    generation = folder / "generations" / publication.publication_id
    _clear_leftovers(folder)
    try:
        generation.mkdir(parents=True)
        publication = _write(build, generation, publication, descriptions)
        _audit(build, generation / "guanxi.duckdb", set(personal_columns))
        _seal(folder, generation)
    except Exception:
        shutil.rmtree(generation, ignore_errors=True)
        raise
    _swap(folder, generation)
    _drop_old_generations(folder)
    return publication


def _require_trust(build: Path, promised: Mapping[str, Iterable[str]]) -> None:
    with connect(build, read_only=True) as connection:
        found = doubts(connection, promised, row_counts(connection, BUILT_SCHEMAS))
    if found:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise PublicationRefused(f"{'; '.join(found[:SHOWN])}{more}")


def _write(
    build: Path, generation: Path, publication: Publication, descriptions: dict[str, Description]
) -> Publication:
    target, parquet = generation / "guanxi.duckdb", generation / "parquet"
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(build)}' as build (read_only)")
        connection.execute(f"attach '{_quoted(target)}' as published (storage_version 'v1.2.0')")
        connection.execute("use build")
        tables = row_counts(connection, PUBLISHED_SCHEMAS)
        publication = Publication(
            **{**vars(publication), "table_count": len(tables), "row_count": sum(tables.values()) + 1}
        )
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f"create schema published.{schema}")
        for table in tables:
            connection.execute(f"create table published.{table} as select {_columns(table)} from build.{table}")
        connection.execute(
            "insert into published.ops.publications values (?, ?, ?, ?, ?, ?, ?)", list(vars(publication).values())
        )
        for table in tables:
            _describe(connection, table, descriptions.get(table))
            _copy_to_parquet(connection, table, parquet / f"{table.replace('.', '/')}.parquet")
    return publication


def _columns(table: str) -> str:
    withheld = WITHHELD.get(table)
    return f"* exclude ({', '.join(withheld)})" if withheld else "*"


def _describe(connection: duckdb.DuckDBPyConnection, table: str, description: Description | None) -> None:
    if description is None:
        return
    connection.execute(f"comment on table published.{table} is '{_literal(description.table)}'")
    columns = {name for (name, *_rest) in connection.execute(f"describe published.{table}").fetchall()}
    for column, text in description.columns.items():
        if column in columns and text:
            connection.execute(f"comment on column published.{table}.\"{column}\" is '{_literal(text)}'")


def _copy_to_parquet(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Write the table beside its database, with its comments as metadata, those of the columns as one JSON object."""
    schema, name = table.split(".")
    [(about_table, about_columns)] = connection.execute(
        "select (select comment from duckdb_tables() where database_name = 'published' and schema_name = $1"
        " and table_name = $2), (select to_json(map_from_entries(list((column_name, comment) order by column_index)))"
        " from duckdb_columns() where database_name = 'published' and schema_name = $1 and table_name = $2)",
        [schema, name],
    ).fetchall()
    comments = f"comment: '{_literal(about_table or '')}', column_comments: '{_literal(about_columns)}'"
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"copy published.{table} to '{_quoted(path)}' (format parquet, compression zstd, kv_metadata {{{comments}}})"
    )


def _audit(build: Path, target: Path, personal_columns: set[str]) -> None:
    with connect(build, read_only=True) as connection:
        built = row_counts(connection, PUBLISHED_SCHEMAS)
    with connect(target, read_only=True) as connection:
        copied = row_counts(connection, PUBLISHED_SCHEMAS)
        seen = connection.execute(
            "select table_schema || '.' || table_name, column_name from information_schema.columns"
        ).fetchall()
    built["ops.publications"] += 1  # the line about this very publication
    if copied != built:
        different = sorted(table for table in built.keys() | copied.keys() if built.get(table) != copied.get(table))
        raise AuditFailed(f"rows of {', '.join(different)} differ between the build warehouse and the new file")
    personal = sorted(f"{table}.{column}" for table, column in seen if column.lower() in personal_columns)
    if personal:
        raise AuditFailed(f"personal fields would be published: {', '.join(personal)}; remove them from the marts")


def _seal(folder: Path, generation: Path) -> None:
    """Make the files readable by all and writable by none, and force them to disk before anybody can see them."""
    for path in (folder, generation.parent, generation):
        path.chmod(FOLDER_FOR_ALL)
    for path in sorted(generation.rglob("*")):
        path.chmod(FILE_FOR_ALL if path.is_file() else FOLDER_FOR_ALL)
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _swap(folder: Path, generation: Path) -> None:
    _point(folder / "current", generation.relative_to(folder))
    _point(folder / "guanxi.duckdb", Path("current") / "guanxi.duckdb")
    _point(folder / "parquet", Path("current") / "parquet")


def _point(link: Path, target: Path) -> None:
    """Make `link` lead to `target` in one step: whoever looks sees the old target or the new one."""
    if link.is_symlink() and Path(os.readlink(link)) == target:
        return
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    os.replace(new, link)


def _current(folder: Path) -> str | None:
    link = folder / "current"
    return Path(os.readlink(link)).name if link.is_symlink() else None


def drop_generations_before(folder: Path, oldest: str) -> None:
    """Remove the published nights whose id is before `oldest`, but never the one that readers see."""
    for generation in _generations(folder):
        if generation.name < oldest and generation.name != _current(folder):
            shutil.rmtree(generation)


def _clear_leftovers(folder: Path) -> None:
    """Remove the generations of runs that were killed before the swap: they are newer than the current one."""
    current = _current(folder)
    for generation in _generations(folder):
        if current is None or generation.name > current:
            shutil.rmtree(generation)


def _drop_old_generations(folder: Path) -> None:
    current = _current(folder)
    older = [generation for generation in _generations(folder) if generation.name != current]
    for generation in older[: -(GENERATIONS_KEPT - 1)]:
        shutil.rmtree(generation)


def _generations(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "generations").glob("*") if path.is_dir())


def rows_published(folder: Path) -> dict[str, int]:
    """Rows of every published table, read as any reader would."""
    with connect(published_file(folder), read_only=True) as connection:
        return row_counts(connection, PUBLISHED_SCHEMAS)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _literal(text: str) -> str:
    return " ".join(text.split()).replace("'", "''")
