"""Tables in a DuckDB file. Which tables there are, and what a night is, is not known here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from pipelines.warehouse.build import connect
from pipelines.warehouse.tables import Tables


@contextmanager
def open_tables(path: Path, read_only: bool = False) -> Iterator[Tables]:
    """The tables of the file at `path`, closed at the end so that another process may write."""
    with connect(path, read_only) as connection:
        yield DuckDBTables(connection)


@dataclass(frozen=True)
class DuckDBTables:
    """`Tables` over an open connection."""

    connection: duckdb.DuckDBPyConnection

    def read(self, query: str) -> pd.DataFrame:
        """What a select returns, in its order."""
        return self.connection.execute(query).df()

    def write(self, address: str, frame: pd.DataFrame, as_of_date: date) -> None:
        """Replace the table by the rows of `frame`, with the night's date as a last column."""
        with self._selected(frame, as_of_date) as rows:
            self.connection.execute(f"create or replace table {address} as {rows}")

    def append(self, address: str, frame: pd.DataFrame, as_of_date: date) -> None:
        """Add the rows of `frame`, with the night's date as a last column."""
        with self._selected(frame, as_of_date) as rows:
            self.connection.execute(f"insert into {address} by name {rows}")

    def write_rows(self, address: str, frame: pd.DataFrame, as_of_date: date, column: str, value: str) -> None:
        """Replace the rows whose `column` is `value`, and no others."""
        if not self.exists(address):
            return self.write(address, frame, as_of_date)
        with self._selected(frame, as_of_date) as rows:
            others = f"select * from {address} where \"{column}\" is distinct from '{_literal(value)}'"
            todays = ", ".join(f'"{name}"' for name in frame if name != "as_of_date")
            self.connection.execute(
                f"create or replace table {address} as select {todays}, as_of_date from"
                f" ({others} union all by name {rows})"
            )

    def exists(self, address: str) -> bool:
        """Whether there is such a table or view."""
        found = self.connection.execute(
            "select 1 from information_schema.tables where table_catalog = current_database()"
            " and table_schema || '.' || table_name = ?",
            [address],
        )
        return bool(found.fetchall())

    def columns(self, address: str) -> dict[str, str]:
        """Names and types of the columns, in order."""
        return {name: kind for name, kind, *_ in self.connection.execute(f"describe {address}").fetchall()}

    def count(self, address: str) -> int:
        """Number of rows."""
        return self.connection.execute(f"select count(*) from {address}").fetchall()[0][0]

    def first_rows(self, address: str, count: int = 5) -> list[tuple[Any, ...]]:
        """The first rows, their values in the order of the columns."""
        return self.connection.execute(f"select * from {address} limit {count}").fetchall()

    @contextmanager
    def _selected(self, frame: pd.DataFrame, as_of_date: date) -> Iterator[str]:
        """A select of the frame's rows as they are written.

        The date is added as SQL: in a frame without rows it would have no type.
        """
        rows = frame.drop(columns="as_of_date", errors="ignore")
        days = rows.select_dtypes("datetime").columns
        as_days = ", ".join(f'cast("{name}" as date) as "{name}"' for name in days)
        replaced = f" replace ({as_days})" if as_days else ""
        self.connection.register("frame_to_write", rows)
        yield f"select *{replaced}, cast('{as_of_date}' as date) as as_of_date from frame_to_write"
        self.connection.unregister("frame_to_write")


def _literal(text: str) -> str:
    return text.replace("'", "''")
