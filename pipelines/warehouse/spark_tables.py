"""Tables of Spark: Parquet in a folder per schema and table. Which tables there are, and what a night is, is not known.

What Spark built is shown in the DuckDB file of the build as views over that Parquet, so that whoever keeps the night's
record (trust, publication, the asset pages) asks one file, whichever engine has built.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import duckdb
import pandas as pd

from pipelines.warehouse.build import connect, drop_all, named
from pipelines.warehouse.spark_session import spark_session
from pipelines.warehouse.tables import Tables

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

BUILT = ("intermediate", "features", "ml", "marts")
SHOWN = (*BUILT, "changed")  # in the DuckDB file; of the schema changed what is not its own
SCHEMAS = ("raw", "superseded", "ops", "reference", "previous", "staging", *SHOWN)


def spark_folder(build: Path) -> Path:
    """Where Spark's tables lie, beside the DuckDB file of the build."""
    return build.parent / "spark"


def known_session(build: Path) -> "SparkSession":
    """The session of the build, which knows its tables."""
    session = spark_session(spark_folder(build))
    register_tables(session)
    return session


@contextmanager
def open_spark_tables(build: Path, read_only: bool = False) -> Iterator[Tables]:
    """The tables of the build's session; at the end the DuckDB file shows what was written."""
    yield SparkTables(known_session(build))
    if not read_only:
        show_tables(build)


def forget_views(build: Path) -> None:
    """Take from the DuckDB file what Spark has built; to be called when DuckDB builds again."""
    with connect(build) as connection:
        drop_all(connection, "view", SHOWN)


def forget_tables(build: Path) -> None:
    """Begin with nothing: neither tables of Spark nor, in the DuckDB file, views of them or tables in their place."""
    session = spark_session(spark_folder(build))
    for schema in SCHEMAS:
        session.sql(f"drop schema if exists {schema} cascade")
        shutil.rmtree(_location(session, schema), ignore_errors=True)  # of an earlier session, which no one remembers
    register_tables(session)
    with connect(build) as connection:
        drop_all(connection, "view", SHOWN)
        drop_all(connection, "table", BUILT)


def register_tables(session: "SparkSession") -> None:
    """Make known to a new session what an earlier one has built, where no metastore remembers it."""
    known = {row.namespace for row in session.sql("show schemas").collect()}
    for schema in (schema for schema in SCHEMAS if schema not in known):
        session.sql(f"create schema {schema}")
        for table in sorted({file.parent for file in _files(_location(session, schema))}):
            session.sql(f"create table {schema}.{table.name} using parquet location '{table}'")


def copy_to_spark(build: Path, addresses: list[str]) -> None:
    """Give Spark small tables of the DuckDB file: what the night is, and the secret of ids."""
    session = known_session(build)
    with connect(build, read_only=True) as connection:
        for address in addresses:
            rows = session.createDataFrame(connection.execute(f"from {address}").to_arrow_table())
            rows.coalesce(1).write.mode("overwrite").format("parquet").saveAsTable(address)


def show_tables(build: Path) -> None:
    """Make a view of every table that Spark has built in the DuckDB file `build`; what it has of its own stays."""
    session = spark_session(spark_folder(build))
    with connect(build) as connection:
        for schema in SHOWN:
            connection.execute(f"create schema if not exists {schema}")
        own = set(named(connection, "table", SHOWN))
        for schema in SHOWN:
            for row in session.sql(f"show tables in {schema}").collect():
                address = f"{schema}.{row.tableName}"
                if row.isTemporary or address in own:
                    continue
                files = _files(_location(session, schema) / row.tableName)
                connection.execute(f"create or replace view {address} as {_select(session, address, files)}")


def _select(session: "SparkSession", address: str, files: list[Path]) -> str:
    """A folder without a file (a table without a row) has no columns to read, but Spark knows them."""
    if files:
        listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        return f"select * from read_parquet([{listed}])"
    nulls = ", ".join(f'cast(null as {kind}) as "{name}"' for name, kind in session.table(address).dtypes)
    return f"select {nulls} where false"


def _location(session: "SparkSession", schema: str) -> Path:
    folder = session.conf.get("spark.sql.warehouse.dir")
    return Path(unquote(urlparse(folder).path)) / f"{schema}.db"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.parquet"))


@dataclass(frozen=True)
class SparkTables:
    """`Tables` over a session."""

    session: "SparkSession"

    def read(self, query: str) -> pd.DataFrame:
        """What a select returns, in its order; DuckDB makes the frame, so that types are those of its own frames."""
        collected = self.session.sql(query).toArrow()
        with duckdb.connect() as connection:
            return connection.from_arrow(collected).df()

    def write(self, address: str, frame: pd.DataFrame, as_of_date: date) -> None:
        """Replace the table by the rows of `frame`, with the night's date as a last column."""
        rows = self.session.createDataFrame(_as_written(frame, as_of_date))
        rows.coalesce(1).write.mode("overwrite").format("parquet").saveAsTable(address)

    def append(self, address: str, frame: pd.DataFrame, as_of_date: date) -> None:
        """Add the rows of `frame`, with the night's date as a last column."""
        rows = self.session.createDataFrame(_as_written(frame, as_of_date))
        rows.coalesce(1).write.mode("append").format("parquet").saveAsTable(address)

    def write_rows(self, address: str, frame: pd.DataFrame, as_of_date: date, column: str, value: str) -> None:
        """Replace the rows whose `column` is `value`, and no others."""
        rows = self.session.createDataFrame(_as_written(frame, as_of_date))
        if self.exists(address):
            before = self.session.table(address)
            others = before.where(before[column] != value).toArrow()  # collected: a table cannot be read and replaced
            kept = self.session.createDataFrame(others).select(
                *[name for name in rows.columns if name in others.column_names]
            )
            rows = kept.unionByName(rows, allowMissingColumns=True).select(*rows.columns)
        rows.coalesce(1).write.mode("overwrite").format("parquet").saveAsTable(address)

    def exists(self, address: str) -> bool:
        """Whether there is such a table or view."""
        return self.session.catalog.tableExists(address)

    def columns(self, address: str) -> dict[str, str]:
        """Names and types of the columns, in order."""
        return dict(self.session.table(address).dtypes)

    def count(self, address: str) -> int:
        """Number of rows."""
        return self.session.table(address).count()

    def first_rows(self, address: str, count: int = 5) -> list[tuple[Any, ...]]:
        """The first rows, their values in the order of the columns."""
        return [tuple(row) for row in self.session.table(address).limit(count).collect()]


def _as_written(frame: pd.DataFrame, as_of_date: date) -> "pa.Table":
    """The frame's rows with the date, days as days; Spark knows one kind of text."""
    import pyarrow as pa

    rows = pa.Table.from_pandas(frame.drop(columns="as_of_date", errors="ignore"), preserve_index=False)
    kinds = [
        pa.date32() if pa.types.is_timestamp(kind) else pa.string() if pa.types.is_large_string(kind) else kind
        for kind in rows.schema.types
    ]
    typed = rows.cast(pa.schema(list(zip(rows.column_names, kinds, strict=True))))
    days = pa.array([as_of_date] * len(typed), pa.date32())
    return typed.append_column("as_of_date", days)
