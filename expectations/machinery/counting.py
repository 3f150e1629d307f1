"""Counts the rows that break each of a table's rules: all conditions in one reading, all queries in one statement.

The library takes a statement for each, and seconds to import. Which rows they are, whether so few are allowed, and why
a rule cannot be computed, is the library's to say, of the few that some row breaks.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Union

from expectations.machinery.rules import Rule

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession
    from typing_extensions import TypeIs

Engine = Union["duckdb.DuckDBPyConnection", "SparkSession"]


def held(engine: Engine, table: str, rules: Sequence[Rule]) -> dict[str, str]:
    """The claims that no row of `table` breaks, and what was seen of each.

    When one rule cannot be computed it takes those with it that are counted in the same statement.
    """
    return _by_condition(engine, table, rules) | _by_query(engine, table, rules)


def _by_condition(engine: Engine, table: str, rules: Sequence[Rule]) -> dict[str, str]:
    asked = [rule for rule in rules if rule.condition]
    if not asked:
        return {}
    counts = "".join(f",\n count(*) filter (where {rule.condition})" for rule in asked)
    rows = _rows(engine, f"select count(*){counts} from {table}")
    return {
        rule.claim: f"0 % of {row_count} rows"
        for row_count, *broken in rows
        for rule, count in zip(asked, broken, strict=True)
        if count == 0
    }


def _by_query(engine: Engine, table: str, rules: Sequence[Rule]) -> dict[str, str]:
    asked = [rule for rule in rules if rule.query]
    if not asked:
        return {}
    counts = (
        f"select {number} as number, count(*) as row_count from (\n{query.format(batch=table)}\n) as found_rows"
        for number, query in enumerate(rule.query for rule in asked if rule.query)
    )
    rows = _rows(engine, " union all ".join(counts))
    return {asked[number].claim: "0 rows found" for number, row_count in rows if row_count == 0}


def _rows(engine: Engine, statement: str) -> list:
    """The statement's rows; none when it cannot be computed, of which the library says why."""
    try:
        return engine.execute(statement).fetchall() if is_duckdb(engine) else engine.sql(statement).collect()
    except Exception:
        return []


def is_duckdb(engine: Engine) -> "TypeIs[duckdb.DuckDBPyConnection]":
    """Whether a DuckDB file is asked."""
    import duckdb

    return isinstance(engine, duckdb.DuckDBPyConnection)
