"""How names and texts are written into SQL, and the connection ingest works on. No statement belongs here."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.side_by_side import end_if_stopped, interrupt_if_stopped

if TYPE_CHECKING:
    import duckdb

# Beyond it DuckDB spills to the work folder, so the size of a file is bounded by the disk and not by memory.
MEMORY_LIMIT = "1GB"


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def identifiers(names: Iterable[str]) -> str:
    """Names quoted for SQL, with commas between."""
    return ", ".join(identifier(name) for name in names)


def literal(value: object) -> str:
    """A text or path quoted for SQL; None becomes null."""
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def paths(files: Iterable[Path]) -> str:
    """A list of absolute paths for read_parquet, each protected against DuckDB's reading it as a pattern."""
    return "[" + ", ".join(literal(as_plain_path(file)) for file in files) + "]"


def as_plain_path(file: Path) -> str:
    """The absolute path with `*`, `?` and `[` wrapped so that they mean themselves."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(file.resolve()))


def typed_union(files: Collection[Path], columns: dict[str, str]) -> str:
    """All Parquet files with exactly these columns; one written before a column was agreed upon is empty in it."""
    nulls = ", ".join(f"cast(null as {duckdb_type}) as {identifier(name)}" for name, duckdb_type in columns.items())
    empty = f"select {nulls} where false"
    if not files:
        return empty
    rows = f"{empty} union all by name select * from read_parquet({paths(files)}, union_by_name = true)"
    return f"select {identifiers(columns)} from ({rows})"


def open_connection(work: Path, memory_limit: str = MEMORY_LIMIT) -> "duckdb.DuckDBPyConnection":
    """An in-memory DuckDB that spills into `work`, thinks in UTC and never reaches for the network."""
    import duckdb

    end_if_stopped()
    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False})
    interrupt_if_stopped(connection)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set memory_limit = {literal(memory_limit)}")
    connection.execute(f"set temp_directory = {literal(work / 'spill')}")
    connection.execute("set enable_progress_bar = false")
    return connection
