"""Runs one table's rules and says which hold and where they do not. Knows Great Expectations; knows no Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from expectations.machinery.counting import Engine, held, is_duckdb
from expectations.machinery.library import expectation_of, great_expectations
from expectations.machinery.rules import Rule, Severity

if TYPE_CHECKING:
    import duckdb
    from pyspark.sql import SparkSession

PLACES_SHOWN = 5
RAW_PLACE = ("file_name", "row_number")


@dataclass(frozen=True)
class Finding:
    """What came of one rule: the claim, how bad it is when false, how many rows break it, and where some are."""

    rule: str
    severity: Severity  # error: nothing downstream may run; warning: a person should look
    is_broken: bool
    unexpected_count: int
    observed_value: str
    where: list[str]


def validate(engine: Engine, table: str, rules: list[Rule], place: tuple[str, ...]) -> list[Finding]:
    """One finding for every rule, in the rules' order.

    `engine` is an open connection to a DuckDB file, which costs as much as ten rules to open, or a Spark session;
    `table` is "schema.name"; `place` names the columns that tell a person which row it is.
    All work is SQL that only reads, and the connection is left as it was. A rule that cannot be computed (a column is
    missing) is a broken one, of severity error. Raises ValueError when a claim is made twice, and the library's own
    error when there is no such table.
    """
    claims = [rule.claim for rule in rules]
    if len(set(claims)) < len(claims):
        raise ValueError(
            f"two rules of {table} make the same claim: {sorted(c for c in claims if claims.count(c) > 1)[0]}"
        )
    seen = held(engine, table, rules)
    findings = {rule.claim: _held(rule, seen[rule.claim]) for rule in rules if rule.claim in seen}
    left = [rule for rule in rules if rule.claim not in seen]
    if left:
        great_expectations()
        with _open_table(engine, table) as opened:
            findings |= {finding.rule: finding for finding in _findings(opened, left, place)}
    return [findings[claim] for claim in claims]


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


def _held(rule: Rule, seen: str) -> Finding:
    """What no row breaks, as nearly nothing is broken: the library has nothing to add."""
    return Finding(rule.claim, rule.severity, False, 0, seen, [])


def _findings(table: Any, rules: list[Rule], place: tuple[str, ...]) -> Iterator[Finding]:
    """Queries are asked which rows they find; the others how many rows break them, and the broken ones which."""
    for rule, result in _judge(table, [rule for rule in rules if rule.query], {"result_format": "COMPLETE"}):
        yield _finding(rule, result, place)
    broken = []
    for rule, result in _judge(table, [rule for rule in rules if rule.condition], {"result_format": "BASIC"}):
        if result.success or _has_failed(result):
            yield _finding(rule, result, place)
        else:
            broken.append(rule)
    summary = {"result_format": "SUMMARY", "return_unexpected_index_query": False}
    if place:
        summary["unexpected_index_column_names"] = list(place)
    for rule, result in _judge(table, broken, summary):
        yield _finding(rule, result, place)


def _judge(table: Any, rules: list[Rule], detail: dict[str, Any]) -> Iterator[tuple[Rule, Any]]:
    if not rules:
        return
    by_claim = {rule.claim: rule for rule in rules}
    for result in table.graph_validate(
        [expectation_of(rule).configuration for rule in rules], {"result_format": detail}
    ):
        yield by_claim[result.expectation_config.meta["claim"]], result


def _has_failed(result: Any) -> bool:
    return bool(result.exception_info.get("raised_exception", True))  # by metric, one level deeper, when SQL failed


def _finding(rule: Rule, result: Any, place: tuple[str, ...]) -> Finding:
    outcome = result.result
    if _has_failed(result):
        return Finding(rule.claim, "error", True, 0, f"could not be computed: {_why(result.exception_info)}", [])
    rows = outcome.get("details", {}).get("unexpected_rows", []) if rule.query else _places(outcome, place)
    return Finding(
        rule=rule.claim,
        severity=rule.severity,
        is_broken=not result.success,
        unexpected_count=int((outcome.get("observed_value") if rule.query else outcome.get("unexpected_count")) or 0),
        observed_value=f"{outcome['observed_value']} rows found" if rule.query else _share(outcome),
        where=[] if result.success else [_say(row) for row in rows[:PLACES_SHOWN]],
    )


def _places(outcome: dict, place: tuple[str, ...]) -> list[dict]:
    """Only the columns that say where a row is: the library adds the value itself, which may be personal."""
    return [{column: row[column] for column in place} for row in outcome.get("partial_unexpected_index_list") or []]


def _say(row: dict) -> str:
    if set(RAW_PLACE) <= set(row):
        return f"{row['file_name']} row {row['row_number']}"
    return ", ".join(f"{column} {value}" for column, value in row.items())


def _share(outcome: dict) -> str:
    return f"{outcome['unexpected_percent'] or 0:.3g} % of {outcome['element_count']} rows"


def _why(exception_info: dict) -> str:
    """The first line of the first error; it sits one level deeper, by metric, when SQL failed."""
    errors = [exception_info] if "exception_message" in exception_info else list(exception_info.values())
    return str(errors[0]["exception_message"]).strip().splitlines()[0]
