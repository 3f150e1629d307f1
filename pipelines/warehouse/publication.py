"""Write, audit, publish: the only way by which a built table reaches a reader. Knows no Dagster and builds nothing.

`published/current` is a symbolic link to one generation, a folder with the DuckDB file, a Parquet file per table and
the data dictionary. Readers use `published/guanxi.duckdb`, `published/parquet` and `published/tables.md`, which lead
through it, so one rename swaps all at once; a reader that holds the old file open keeps it, since an open file outlives
its name.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb

from pipelines.warehouse.build import connect, connect_in_memory, row_counts
from pipelines.warehouse.declared import PublishedTable
from pipelines.warehouse.dictionary import OF_THE_NIGHT, dictionary
from pipelines.warehouse.restricted import prepare_contacts, put_contacts_in_place, settle_contacts
from pipelines.warehouse.restricted_tables import READ_FROM_BUILD
from pipelines.warehouse.trust import AuditFailed, PublicationRefused, doubts

PUBLISHED_SCHEMAS = ("marts", "ml", "ops")
BUILT_SCHEMAS = ("marts", "ml")  # by a step of the night; ops is the night's own record
GENERATIONS_KEPT = 3
SHOWN = 3
MOST_ROWS_WITH_A_KEY = 100_000  # a key is an index, which of more rows costs ten times their copy and triples the file
READ = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
ENTER = stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH
RIGHTS_OF_READERS = {"owner": stat.S_IRWXU, "group": stat.S_IRWXU | stat.S_IRWXG}
RIGHTS_OF_READERS["everybody"] = RIGHTS_OF_READERS["group"] | stat.S_IRWXO


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


def published_file(folder: Path) -> Path:
    """Where readers find the DuckDB file."""
    return folder / "guanxi.duckdb"


def publish(
    build: Path,
    folder: Path,
    publication: Publication,
    personal_columns: Iterable[str],
    declared: Mapping[str, PublishedTable],
    promised: Mapping[str, Iterable[str]],
    restricted: Path | None = None,
    readers: str = "owner",
) -> Publication:
    """Copy what readers may see out of `build` into a new generation, audit it, swap it in, and say what was published.

    `declared` says of every table ("schema.name") what it means, its columns' types, which of them may not be null and
    which name a row: so the published file says it too. `promised` are the rules that every gated table must have been
    found to hold, as it is now. `restricted` is the folder of the file of contacts, which tells of the same night;
    without it none is written. The rename of the published file decides: contacts are prepared before it and swapped
    in after it, and what is killed in between, `settle` finishes or takes back. `readers` names who may read what is
    published: owner, group or everybody.

    Raises
    ------
    PublicationRefused
        When a gated table has no complete and passing gate of its present content, or was not built from what landed.
    AuditFailed
        When row counts differ from the build or a personal column would be seen.

    Nothing changes for readers then, nor when the disk is full.
    """
    named, as_of = publication.publication_id, publication.as_of_date
    _require_trust(build, declared, promised, READ_FROM_BUILD if restricted else ())
    generation = folder / "generations" / named
    _clear_leftovers(folder)
    if restricted:
        settle(folder, restricted)
    try:
        generation.mkdir(parents=True)
        publication = _write(build, generation, publication, declared)
        _audit(build, generation / "guanxi.duckdb", declared, set(personal_columns))
        _seal(folder, generation, RIGHTS_OF_READERS[readers])
        if restricted:
            prepare_contacts(build, restricted, named, as_of, declared)
    except Exception:
        shutil.rmtree(generation, ignore_errors=True)
        raise
    _swap(folder, generation)
    if restricted:
        put_contacts_in_place(restricted, named)
    _drop_old_generations(folder)
    return publication


def _require_trust(
    build: Path,
    declared: Mapping[str, PublishedTable],
    promised: Mapping[str, Iterable[str]],
    beside: Iterable[str],
) -> None:
    built = [table for table in declared if table.split(".")[0] in BUILT_SCHEMAS]
    with connect(build, read_only=True) as connection:
        found = doubts(connection, promised, [*built, *beside])
    if found:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise PublicationRefused(f"{'; '.join(found[:SHOWN])}{more}")


def _write(
    build: Path, generation: Path, publication: Publication, declared: Mapping[str, PublishedTable]
) -> Publication:
    target, parquet, spill = generation / "guanxi.duckdb", generation / "parquet", generation / "spill"
    with connect_in_memory() as connection:
        connection.execute(f"set temp_directory = '{_quoted(spill)}'")
        connection.execute(f"attach '{_quoted(build)}' as build (read_only)")
        connection.execute(f"attach '{_quoted(target)}' as published (storage_version 'v1.2.0')")
        connection.execute("use build")
        tables = _rows_built(connection, declared)
        publication = Publication(
            **{**vars(publication), "table_count": len(tables), "row_count": sum(tables.values()) + 1}
        )
        for schema in PUBLISHED_SCHEMAS:
            connection.execute(f"create schema published.{schema}")
        _for_each(tables, lambda cursor, table: _copy(cursor, table, declared[table], tables[table]), connection)
        connection.execute(
            "insert into published.ops.publications values (?, ?, ?, ?, ?, ?, ?)", list(vars(publication).values())
        )
        connection.execute("begin")  # one for all comments: each of its own would be a write of its own
        for table in tables:
            _describe(connection, table, declared[table])
        connection.execute("commit")
        _for_each(tables, lambda cursor, table: _copy_to_parquet(cursor, table, parquet), connection)
    shutil.rmtree(spill, ignore_errors=True)
    tables["ops.publications"] += 1
    about = dictionary(OF_THE_NIGHT, {table: declared[table] for table in tables}, tables)
    (generation / "tables.md").write_text(about, encoding="utf-8")
    return publication


def _for_each(
    tables: Mapping[str, int],
    work: Callable[[duckdb.DuckDBPyConnection, str], None],
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Do some work on every table, the longest first, as many at a time as there are cores: a key is built by one."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        by_size = sorted(tables, key=lambda table: -tables[table])
        for done in [pool.submit(work, connection.cursor(), table) for table in by_size]:
            done.result()


def _rows_built(connection: duckdb.DuckDBPyConnection, declared: Mapping[str, PublishedTable]) -> dict[str, int]:
    """Rows of the tables that are published: a table that nobody declares any more was left by an earlier version."""
    return {name: rows for name, rows in row_counts(connection, PUBLISHED_SCHEMAS).items() if name in declared}


def _copy(connection: duckdb.DuckDBPyConnection, table: str, declared: PublishedTable, row_count: int) -> None:
    """Make the table as it is declared, then fill it: the database itself refuses what breaks type, null or key.

    The key of a large table is not asked again: that it names every row was asked of this very content.
    """
    built = [name for name, *_ in connection.execute(f"describe build.{table}").fetchall()]
    if unknown := sorted(set(built) - {column.name for column in declared.columns}):
        raise AuditFailed(f"{table}.{unknown[0]} is declared nowhere: say in the table's yml what it means")
    shown = [column for column in declared.columns if not column.is_personal]
    named = {column.name for column in shown}
    definitions = [f'"{column.name}" {column.data_type}{" not null" if column.is_required else ""}' for column in shown]
    if declared.key and named >= set(declared.key) and row_count <= MOST_ROWS_WITH_A_KEY:
        definitions.append(f"primary key ({_names(declared.key)})")
    connection.execute(f"create table published.{table} ({', '.join(definitions)})")
    columns = _names([column.name for column in shown])
    try:
        connection.execute(f"insert into published.{table} select {columns} from build.{table}")
    except (duckdb.ConstraintException, duckdb.ConversionException) as problem:
        raise AuditFailed(f"{table} is not what it declares ({type(problem).__name__}): ask its gate which") from None


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _describe(connection: duckdb.DuckDBPyConnection, table: str, declared: PublishedTable) -> None:
    connection.execute(f"comment on table published.{table} is '{_literal(declared.meaning)}'")
    for column in declared.columns:
        if not column.is_personal:
            connection.execute(f"comment on column published.{table}.\"{column.name}\" is '{_literal(column.meaning)}'")


def _copy_to_parquet(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Write the table beside its database, with its comments as metadata, those of the columns as one JSON object.

    The lowest level of zstd takes three quarters of the time of the usual one and makes files of the same size.
    """
    schema, name = table.split(".")
    path = folder / schema / f"{name}.parquet"
    [(about_table, about_columns)] = connection.execute(
        "select (select comment from duckdb_tables() where database_name = 'published' and schema_name = $1"
        " and table_name = $2), (select to_json(map_from_entries(list((column_name, comment) order by column_index)))"
        " from duckdb_columns() where database_name = 'published' and schema_name = $1 and table_name = $2)",
        [schema, name],
    ).fetchall()
    comments = f"comment: '{_literal(about_table or '')}', column_comments: '{_literal(about_columns)}'"
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(
        f"copy published.{table} to '{_quoted(path)}'"
        f" (format parquet, compression zstd, compression_level 1, kv_metadata {{{comments}}})"
    )


def _audit(build: Path, target: Path, declared: Mapping[str, PublishedTable], personal_columns: set[str]) -> None:
    with connect(build, read_only=True) as connection:
        built = _rows_built(connection, declared)
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


def _seal(folder: Path, generation: Path, rights: int) -> None:
    """Make the files readable by readers and writable by none, and force them to disk before anybody can see them."""
    for path in (folder, generation.parent, generation):
        path.chmod((READ | ENTER) & rights | stat.S_IWUSR)
    for path in sorted(generation.rglob("*")):
        path.chmod(READ & rights if path.is_file() else (READ | ENTER) & rights | stat.S_IWUSR)
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _swap(folder: Path, generation: Path) -> None:
    _point(folder / "current", generation.relative_to(folder))
    _point(folder / "guanxi.duckdb", Path("current") / "guanxi.duckdb")
    _point(folder / "parquet", Path("current") / "parquet")
    _point(folder / "tables.md", Path("current") / "tables.md")


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


def settle(folder: Path, restricted: Path) -> None:
    """Let the contacts be of the night that readers see, when a run was killed between the two."""
    settle_contacts(restricted, _current(folder))


def drop_all_but_current(folder: Path) -> None:
    """Remove every published night but the one that readers see."""
    for generation in _generations(folder):
        if generation.name != _current(folder):
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


def generation_files(folder: Path) -> list[Path]:
    """The DuckDB files of the published nights that are kept, the oldest publication first."""
    return [generation / "guanxi.duckdb" for generation in _generations(folder)]


def rows_published(folder: Path) -> dict[str, int]:
    """Rows of every published table, read as any reader would."""
    with connect(published_file(folder), read_only=True) as connection:
        return row_counts(connection, PUBLISHED_SCHEMAS)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _literal(text: str) -> str:
    return " ".join(text.split()).replace("'", "''")
