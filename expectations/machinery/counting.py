"""Asks in one statement how many rows each of a table's queries finds, which costs the library a statement each.

Which rows a query finds, and why one cannot be computed, is the library's to say, of the few that do not hold.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession
    from typing_extensions import TypeIs

Engine = Union["duckdb.DuckDBPyConnection", "SparkSession"]


def without_rows(engine: Engine, table: str, queries: Iterable[str]) -> set[str]:
    """Those of `queries` that find no row of `table`; none when one of them cannot be computed: it takes all along."""
    asked = list(dict.fromkeys(queries))
    if not asked:
        return set()
    counts = (
        f"select {number} as number, count(*) as row_count from (\n{query.format(batch=table)}\n) as found_rows"
        for number, query in enumerate(asked)
    )
    try:
        rows = _rows(engine, " union all ".join(counts))
    except Exception:
        return set()
    return {asked[number] for number, row_count in rows if row_count == 0}


def _rows(engine: Engine, statement: str) -> list:
    return engine.execute(statement).fetchall() if is_duckdb(engine) else engine.sql(statement).collect()


def is_duckdb(engine: Engine) -> "TypeIs[duckdb.DuckDBPyConnection]":
    """Whether a DuckDB file is asked."""
    import duckdb

    return isinstance(engine, duckdb.DuckDBPyConnection)
