"""Runs one table's rules and says which hold and where they do not. Knows Great Expectations; knows no Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.machinery.counting import Engine, is_duckdb, without_rows
from expectations.machinery.library import great_expectations

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

PLACES_SHOWN = 5
RAW_PLACE = ("file_name", "row_number")


@dataclass(frozen=True)
class Finding:
    """What came of one rule: the claim, how bad it is when false, how many rows break it, and where some are."""

    rule: str
    severity: str  # error: nothing downstream may run; warning: a person should look
    is_broken: bool
    unexpected_count: int
    observed_value: str
    where: list[str]


def validate(engine: Engine, table: str, rules: list, place: tuple[str, ...]) -> list[Finding]:
    """One finding for every rule, in the rules' order.

    `engine` is an open connection to a DuckDB file, which costs as much as ten rules to open, or a Spark session;
    `table` is "schema.name", and every rule an expectation that bears its claim in `meta["claim"]`; `place` names the
    columns that tell a person which row it is.
    All work is SQL that only reads, and the connection is left as it was. A rule that cannot be computed (a column is
    missing) is a broken one, of severity error. Raises ValueError when a claim is missing or made twice, and the
    library's own error when there is no such table.
    """
    claims = [claim_of(rule) for rule in rules]
    if len(set(claims)) < len(claims):
        raise ValueError(
            f"two rules of {table} make the same claim: {sorted(c for c in claims if claims.count(c) > 1)[0]}"
        )
    findings = {finding.rule: finding for finding in _held(engine, table, rules)}
    left = [rule for rule in rules if claim_of(rule) not in findings]
    if left:
        with _open_table(engine, table) as opened:
            findings |= {finding.rule: finding for finding in _findings(opened, left, place)}
    return [findings[claim] for claim in claims]


def claim_of(rule: Any) -> str:
    """The claim that a rule bears. ValueError when it bears none."""
    claim = (rule.meta or {}).get("claim")
    if not claim:
        raise ValueError(f"{type(rule).__name__} has no claim: give it meta={{'claim': 'what_must_be_true'}}")
    return claim


@cache
def silent_context() -> Any:
    """Great Expectations' own settings, made once: silent, and nothing is kept."""
    context = great_expectations().get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False}
    return context


@contextmanager
def _open_table(engine: Engine, table: str) -> Iterator[Any]:
    """The table as Great Expectations validates it, without a data source, whose registration costs as much as it."""
    from great_expectations.core.batch import Batch
    from great_expectations.validator.validator import Validator

    with _open_in_duckdb(engine, table) if is_duckdb(engine) else _open_in_spark(engine, table) as (asked, data):
        batch = Batch(data=data)  # declared for frames; the library makes its own so
        yield Validator(asked, data_context=silent_context(), batches=[batch])


@contextmanager
def _open_in_spark(session: "SparkSession", table: str) -> Iterator[Any]:
    from great_expectations.execution_engine import SparkDFExecutionEngine
    from great_expectations.execution_engine.sparkdf_batch_data import SparkDFBatchData

    engine = SparkDFExecutionEngine(spark=session, persist=False)  # no copy is kept of what is read from disk
    yield engine, SparkDFBatchData(engine, session.table(table))


@contextmanager
def _open_in_duckdb(connection: "duckdb.DuckDBPyConnection", table: str) -> Iterator[Any]:
    import sqlalchemy
    from duckdb_sqlalchemy import ConnectionWrapper
    from great_expectations.execution_engine import SqlAlchemyExecutionEngine
    from great_expectations.execution_engine.sqlalchemy_batch_data import SqlAlchemyBatchData

    from expectations.machinery.engine import register

    register()
    schema, name = table.split(".")
    database = sqlalchemy.create_engine(
        "duckdb+reading://", creator=lambda: ConnectionWrapper(connection.cursor()), poolclass=sqlalchemy.StaticPool
    )
    engine = SqlAlchemyExecutionEngine(engine=database, create_temp_table=False)
    try:
        engine.execute_query(sqlalchemy.text(f"select 1 from {table} limit 0"))  # raises when there is no such table
        data = SqlAlchemyBatchData(engine, schema_name=schema, table_name=name, create_temp_table=False)
        yield engine, data
    finally:
        engine.close()
        database.dispose()  # an open cursor would keep the file open when its connection is closed


def _held(engine: Engine, table: str, rules: list) -> Iterator[Finding]:
    """The queries that find no row, as nearly all do: the library has nothing to add."""
    empty = without_rows(engine, table, filter(None, map(_query_of, rules)))
    for rule in rules:
        if _query_of(rule) in empty:
            yield Finding(claim_of(rule), _severity(rule), False, 0, "0 rows found", [])


def _findings(table: Any, rules: list, place: tuple[str, ...]) -> Iterator[Finding]:
    """Queries are asked which rows they find; the others how many rows break them, and the broken ones which."""
    for result in _judge(table, [rule for rule in rules if _query_of(rule)], {"result_format": "COMPLETE"}):
        yield _finding(result, place)
    others = {claim_of(rule): rule for rule in rules if not _query_of(rule)}
    broken = []
    for result in _judge(table, list(others.values()), {"result_format": "BASIC"}):
        if result.success or _has_failed(result):
            yield _finding(result, place)
        else:
            broken.append(others[claim_of(result.expectation_config)])
    summary = {"result_format": "SUMMARY", "return_unexpected_index_query": False}
    if place:
        summary["unexpected_index_column_names"] = list(place)
    for result in _judge(table, broken, summary):
        yield _finding(result, place)


def _query_of(rule: Any) -> str | None:
    return getattr(rule, "unexpected_rows_query", None)


def _severity(rule: Any) -> str:
    return "warning" if rule.severity in ("warning", "info") else "error"


def _judge(table: Any, rules: list, detail: dict[str, Any]) -> list:
    return table.graph_validate([rule.configuration for rule in rules], {"result_format": detail}) if rules else []


def _has_failed(result: Any) -> bool:
    return bool(result.exception_info.get("raised_exception", True))  # by metric, one level deeper, when SQL failed


def _finding(result: Any, place: tuple[str, ...]) -> Finding:
    rule, outcome = result.expectation_config, result.result
    if _has_failed(result):
        return Finding(
            rule.meta["claim"], "error", True, 0, f"could not be computed: {_why(result.exception_info)}", []
        )
    is_query = "unexpected_rows_query" in rule.kwargs
    rows = outcome.get("details", {}).get("unexpected_rows", []) if is_query else _places(outcome, place)
    return Finding(
        rule=rule.meta["claim"],
        severity=_severity(rule),
        is_broken=not result.success,
        unexpected_count=int((outcome.get("observed_value") if is_query else outcome.get("unexpected_count")) or 0),
        observed_value=_observed(outcome, is_query),
        where=[] if result.success else [_say(row) for row in rows[:PLACES_SHOWN]],
    )


def _places(outcome: dict, place: tuple[str, ...]) -> list[dict]:
    """Only the columns that say where a row is: the library adds the value itself, which may be personal."""
    return [{column: row[column] for column in place} for row in outcome.get("partial_unexpected_index_list") or []]


def _say(row: dict) -> str:
    if set(RAW_PLACE) <= set(row):
        return f"{row['file_name']} row {row['row_number']}"
    return ", ".join(f"{column} {value}" for column, value in row.items())


def _observed(outcome: dict, is_query: bool) -> str:
    if is_query:
        return f"{outcome['observed_value']} rows found"
    if "unexpected_percent" in outcome:
        return f"{outcome['unexpected_percent'] or 0:.3g} % of {outcome['element_count']} rows"
    return str(outcome.get("observed_value"))


def _why(exception_info: dict) -> str:
    """The first line of the first error; it sits one level deeper, by metric, when SQL failed."""
    errors = [exception_info] if "exception_message" in exception_info else list(exception_info.values())
    return str(errors[0]["exception_message"]).strip().splitlines()[0]
