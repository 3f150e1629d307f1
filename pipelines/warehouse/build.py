"""The DuckDB file a night is built in: opening it, and reading and writing its tables.

Knows no Dagster, and no table by name.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from pipelines.problems import BadInput

SCHEMAS = ("raw", "staging", "intermediate", "marts", "features", "ml", "ops")

# Columns and types of the tables of `ops` that are kept from night to night, by table and column.
History = Mapping[str, Mapping[str, str]]


@contextmanager
def connect(path: Path, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """An open connection to the DuckDB file at `path`, closed at the end so that another process may write."""
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as problem:
        if "lock" not in str(problem).lower():
            raise
        raise BadInput(
            f"{path} is held open by another process; end that program or wait for its run to end"
        ) from problem
    try:
        yield connection
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
        for table, columns in history.items():
            listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            connection.execute(f"create table if not exists {table} ({listed})")
            for name, kind in columns.items():  # a build of an earlier version may lack some
                connection.execute(f"alter table {table} add column if not exists {name} {kind}")
    recover_history(path, published_file, history)


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
            known = [name for name, *_ in connection.execute(f"describe published.{table}").fetchall()]
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


def write_frame(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame, as_of_date: date) -> None:
    """Replace `table` ("schema.name") by the rows of `frame`, in their order, with the night's date as a column.

    The date is added as SQL: in a frame without rows it would have no type. Frames know no days: a timestamp in one
    is a day, and is written as one.
    """
    rows = frame.drop(columns="as_of_date", errors="ignore")
    days = rows.select_dtypes("datetime").columns
    as_days = ", ".join(f'cast("{name}" as date) as "{name}"' for name in days)
    connection.register("frame_to_write", rows)
    connection.execute(
        f"create or replace table {table} as select *{f' replace ({as_days})' if len(days) else ''},"
        f" cast('{as_of_date}' as date) as as_of_date from frame_to_write"
    )
    connection.unregister("frame_to_write")


def row_counts(connection: duckdb.DuckDBPyConnection, schemas: tuple[str, ...]) -> dict[str, int]:
    """Rows of every table and view of `schemas`, by "schema.name"."""
    names = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_catalog = current_database() and list_contains(?, table_schema) order by all",
        [list(schemas)],
    ).fetchall()
    return {name: count_rows(connection, name) for (name,) in names}


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of `table`."""
    return connection.execute(f"select count(*) from {table}").fetchall()[0][0]


def preview(connection: duckdb.DuckDBPyConnection, table: str, rows: int = 5) -> str:
    """The first rows of `table` as a Markdown table."""
    result = connection.execute(f"select * from {table} limit {rows}")
    names = [column[0] for column in result.description]
    lines = [names, ["---"] * len(names), *result.fetchall()]
    return "\n".join("| " + " | ".join(_cell(value) for value in line) + " |" for line in lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
