"""The DuckDB file a night is built in: opening it, preparing it, and the history that it carries.

Knows no Dagster, and no table by name. How steps read and write tables is said in `tables`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from pipelines.problems import BadInput, without_values

SCHEMAS = ("raw", "staging", "intermediate", "marts", "features", "ml", "ops")

# Columns and types of the tables of `ops` that are kept from night to night, by table and column.
History = Mapping[str, Mapping[str, str]]


OF_VALUES = (
    duckdb.ConversionException,
    duckdb.ConstraintException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
)
_limits: dict[str, str] = {}


def limit_memory(limit: str) -> None:
    """From now on every connection of this process works within so much memory, and on disk beyond it."""
    _limits["memory_limit"] = limit


def connect_in_memory() -> duckdb.DuckDBPyConnection:
    """A connection without a file of its own, to which files are attached."""
    return duckdb.connect(config={**_limits})


@contextmanager
def connect(path: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open connection to the DuckDB file at `path`, closed at the end so that another process may write.

    What DuckDB says of a value that it cannot use is raised without the value, since logs and records would keep it.
    """
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config={**_limits})
    except duckdb.IOException as problem:
        if "lock" not in str(problem).lower():
            raise
        raise BadInput(
            f"{path} is held open by another process; end that program or wait for its run to end"
        ) from problem
    try:
        yield connection
    except OF_VALUES as problem:
        raise type(problem)(without_values(str(problem))) from None
    finally:
        connection.close()


def prepare_build(path: Path, published_file: Path, history: History) -> None:
    """Make sure that the build warehouse can be written, and carry its history over from the published file.

    A build file that cannot be opened (a killed run left it half-written) is thrown away: the lake is what counts.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not _opens_when_free(path):
        remove_build(path)
    with connect(path) as connection:
        for schema in SCHEMAS:
            connection.execute(f"create schema if not exists {schema}")
        drop_all(connection, "view", ("ops", "superseded"))  # of an earlier version, which made no tables of them
        for table, columns in history.items():
            listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"create table if not exists {table} ({listed})")
            for name, kind in columns.items():  # a build of an earlier version may lack some
                connection.execute(f"alter table {table} add column if not exists {name} {kind}")
    recover_history(path, published_file, history)


def named(connection: duckdb.DuckDBPyConnection, kind: str, schemas: tuple[str, ...]) -> list[str]:
    """The tables or views (`kind`) of these schemas, "schema.name"."""
    found = connection.execute(
        f"select schema_name || '.' || {kind}_name from duckdb_{kind}s()"
        " where database_name = current_database() and list_contains(?, schema_name)",
        [list(schemas)],
    )
    return [address for (address,) in found.fetchall()]


def drop_all(connection: duckdb.DuckDBPyConnection, kind: str, schemas: tuple[str, ...]) -> None:
    """Drop all tables or views of these schemas."""
    for address in named(connection, kind, schemas):
        connection.execute(f"drop {kind} {address}")


def remove_build(path: Path) -> None:
    """Delete the build warehouse and its write-ahead log."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def recover_history(path: Path, published_file: Path, history: History) -> None:
    """Add to the build's history what only the published file knows: the build is new, or a run died after the swap."""
    if not published_file.exists():
        return
    with connect(path) as connection:
        connection.execute(f"attach '{_quoted(published_file)}' as published (read_only)")
        for table, columns in history.items():
            known = [
                name
                for name, *_ in connection.execute(
                    "select column_name from duckdb_columns() where database_name = 'published'"
                    " and schema_name || '.' || table_name = ? order by column_index",
                    [table],
                ).fetchall()
            ]
            if not known:  # published by a version that did not keep it yet
                continue
            shared = ", ".join(name for name in columns if name in known)
            connection.execute(
                f"insert into {table} by name"
                f" (select {shared} from published.{table} except select {shared} from {table})"
            )


# When a run is killed, the dbt that it had started lives on for some seconds and holds the file.
@retry(retry=retry_if_exception_type(BadInput), wait=wait_fixed(1), stop=stop_after_delay(60), reraise=True)
def _opens_when_free(path: Path) -> bool:
    try:
        with connect(path):
            return True
    except duckdb.Error:
        return False


def row_counts(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> dict[str, int]:
    """Rows of every table and view of `schemas`, by "schema.name"."""
    names = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_catalog = current_database() and list_contains(?, table_schema) order by all",
        [list(schemas)],
    ).fetchall()
    return {name: connection.execute(f"select count(*) from {name}").fetchall()[0][0] for (name,) in names}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
