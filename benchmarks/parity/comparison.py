"""Two published files compared table by table, row by row, value by value. How they came to be is not known here."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb

IS_IN_FIRST, IS_IN_SECOND = 'first."rank of equals" is not null', 'second."rank of equals" is not null'
IS_IN_BOTH = f"{IS_IN_FIRST} and {IS_IN_SECOND}"
FLOATS = ("FLOAT", "DOUBLE")
TOLERANCE = 1e-9  # of the larger of two floats; all else is equal or not
# What one build has of its own: its run, its clock, and hashes of how an engine happens to hold its rows.
OF_ONE_RUN = frozenset(
    ["run_id", "publication_id", "published_at", "checked_at", "began_at", "ingested_at", "fingerprint", "inputs"],
)


@dataclass(frozen=True)
class Compared:
    """One table in two files: how many rows were looked at, and how many differ in what, a sentence each."""

    table: str
    row_count: int
    differing_count: int
    sentences: list[str]


def compare(first: Path, second: Path, ignored: Collection[str] = ()) -> list[Compared]:
    """Every table of either file in alphabetical order; columns that are called as one of `ignored` are left out."""
    with _opened(first, second) as connection:
        tables = sorted({*_tables(connection, "first"), *_tables(connection, "second")})
        return [_Table(connection, table, frozenset(ignored)).compared() for table in tables]


@contextmanager
def _opened(first: Path, second: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for name, path in (("first", first), ("second", second)):
            literal = str(path.resolve()).replace("'", "''")
            connection.execute(f"attach '{literal}' as {name} (read_only)")
        yield connection


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    found = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where database_name = ?", [database]
    )
    return [table for (table,) in found.fetchall()]


@dataclass(frozen=True)
class _Table:
    """A table, "schema.name", of the attached databases `first` and `second`."""

    connection: duckdb.DuckDBPyConnection
    name: str
    ignored: frozenset[str]

    def compared(self) -> Compared:
        found = {database: self._columns(database) for database in ("first", "second")}
        if found["first"] != found["second"]:
            return Compared(self.name, 0, 1, [self._of_columns(**found)])
        if not self.columns:
            return Compared(self.name, 0, 0, [])
        self._pair_rows()
        columns = " or ".join(f"({self._differs(column)})" for column in self.columns)
        sentences = [
            *self._told("rows only in the first file", f"not ({IS_IN_SECOND})"),
            *self._told("rows only in the second file", f"not ({IS_IN_FIRST})"),
            *(
                sentence
                for column in self.columns
                for sentence in self._told(
                    f"rows differ in {column}", f"{IS_IN_BOTH} and {self._differs(column)}", column
                )
            ),
        ]
        differing = self._count(f"not ({IS_IN_FIRST}) or not ({IS_IN_SECOND}) or ({columns})")
        return Compared(self.name, self._count("true"), differing, sentences)

    @cached_property
    def columns(self) -> dict[str, str]:
        return self._columns("first")

    @cached_property
    def key(self) -> list[str]:
        """What pairs two rows: the primary key, else all that has to be equal, and the rank by floats among equals.

        Where a column of the key is left out, the others are still the key if they alone tell all rows apart.
        """
        found = self.connection.execute(
            "select constraint_column_names from duckdb_constraints() where database_name = 'first'"
            " and schema_name || '.' || table_name = ? and constraint_type = 'PRIMARY KEY'",
            [self.name],
        ).fetchall()
        declared = [column for (columns,) in found for column in columns if column not in self.ignored]
        if declared and all(self._are_unique(declared, database) for database in ("first", "second")):
            return declared
        return [column for column, kind in self.columns.items() if kind not in FLOATS]

    def _are_unique(self, columns: list[str], database: str) -> bool:
        repeated = f"select 1 from {database}.{self.name} group by {_names(columns)} having count(*) > 1 limit 1"
        return not self.connection.execute(repeated).fetchall()

    def _columns(self, database: str) -> dict[str, str]:
        found = self.connection.execute(
            "select column_name, data_type from duckdb_columns() where database_name = ?"
            " and schema_name || '.' || table_name = ? order by column_index",
            [database, self.name],
        )
        return {name: kind for name, kind in found.fetchall() if name not in self.ignored}

    def _of_columns(self, first: dict[str, str], second: dict[str, str]) -> str:
        if not first or not second:
            return f"is only in the {'first' if first else 'second'} file"
        names = [name for name in {**first, **second} if first.get(name) != second.get(name)]
        if not names:
            return "has its columns in another order"
        told = (f"{name} is {first.get(name, 'missing')} and {second.get(name, 'missing')}" for name in names)
        return "; ".join(told)

    def _pair_rows(self) -> None:
        floats = [name for name, kind in self.columns.items() if kind in FLOATS and name not in self.key]
        rank = f"row_number() over (partition by {_names(self.key)}{' order by ' if floats else ''}{_names(floats)})"
        shown = _names(self.columns)
        on = " and ".join(f'first."{name}" is not distinct from second."{name}"' for name in self.key)
        self.connection.execute(f"""
            create or replace temp table pairs as
            with first as (select {shown}, {rank} as "rank of equals" from first.{self.name}),
                second as (select {shown}, {rank} as "rank of equals" from second.{self.name})
            select first, second from first full join second
                on {on or "true"} and first."rank of equals" = second."rank of equals"
        """)

    def _told(self, what: str, where: str, column: str | None = None) -> list[str]:
        count = self._count(where)
        return [f"{count:,} {what}, e.g. {self._example(where, column)}"] if count else []

    def _count(self, where: str) -> int:
        return self.connection.execute(f"select count(*) from pairs where {where}").fetchall()[0][0]

    def _differs(self, column: str) -> str:
        first, second = f'first."{column}"', f'second."{column}"'
        if self.columns[column] not in FLOATS:
            return f"{first} is distinct from {second}"
        is_near = f"abs({first} - {second}) <= {TOLERANCE} * greatest(abs({first}), abs({second}))"
        return f"{first} is distinct from {second} and not coalesce({is_near}, false)"

    def _example(self, where: str, column: str | None = None) -> str:
        place = ", ".join(f'coalesce(first."{name}", second."{name}")' for name in self.key)
        values = f', first."{column}", second."{column}"' if column else ""
        [row] = self.connection.execute(
            f"select {place}{values} from pairs where {where} order by all limit 1"
        ).fetchall()
        at = ", ".join(f"{name} {value}" for name, value in zip(self.key, row, strict=False))
        return f"{at}: {row[-2]!r} against {row[-1]!r}" if column else at


def _names(columns: Collection[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
