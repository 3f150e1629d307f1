"""Runs one table's rules and says which hold and where they do not. Knows Great Expectations; knows no Dagster."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.machinery.library import great_expectations

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


def validate(warehouse: Path, table: str, rules: list, place: tuple[str, ...]) -> list[Finding]:
    """One finding for every rule, in the rules' order.

    `warehouse` is a DuckDB file that no other process writes meanwhile, `table` is "schema.name", and every rule is an
    expectation that bears its claim in `meta["claim"]`; `place` names the columns that tell a person which row it is.
    All work is SQL on a read-only connection that is closed on return. A rule that cannot be computed (a column is
    missing) is a broken one, of severity error. Raises ValueError when a claim is missing or made twice, and the
    library's own error when there is no such table.
    """
    claims = [claim_of(rule) for rule in rules]
    if len(set(claims)) < len(claims):
        raise ValueError(
            f"two rules of {table} make the same claim: {sorted(c for c in claims if claims.count(c) > 1)[0]}"
        )
    if not rules:
        return []
    with _open_batch(warehouse, table) as batch:
        findings = {finding.rule: finding for finding in _findings(batch, rules, place)}
    return [findings[claim] for claim in claims]


def claim_of(rule: Any) -> str:
    """The claim that a rule bears. ValueError when it bears none."""
    claim = (rule.meta or {}).get("claim")
    if not claim:
        raise ValueError(f"{type(rule).__name__} has no claim: give it meta={{'claim': 'what_must_be_true'}}")
    return claim


@contextmanager
def _open_batch(warehouse: Path, table: str) -> Iterator[Any]:
    from sqlalchemy.engine import URL

    from expectations.machinery.engine import register

    register()
    schema, name = table.split(".")
    context = great_expectations().get_context(mode="ephemeral")
    context.enable_analytics(False)
    context.variables.progress_bars = {"globally": False}
    address = URL.create("duckdb+reading", database=str(warehouse.resolve())).render_as_string()
    source = context.data_sources.add_sql(
        name, connection_string=address, kwargs={"connect_args": {"read_only": True}}, create_temp_table=False
    )
    batch = None
    try:
        with warnings.catch_warnings():  # the advised other way, a schema in the connection, DuckDB's does not have
            warnings.simplefilter("ignore", DeprecationWarning)
            asset = source.add_table_asset(name, table_name=name, schema_name=schema)
            batch = asset.add_batch_definition_whole_table("all").get_batch()
        yield batch
    finally:
        if batch is not None:
            batch.data.execution_engine.close()
        source.get_engine().dispose()  # an open reader would lock dbt, another process, out of the file


def _findings(batch: Any, rules: list, place: tuple[str, ...]) -> Iterator[Finding]:
    """Rules written as queries are asked for the rows they found, the library's own for the places of a few."""
    gx = great_expectations()
    queries = [rule for rule in rules if isinstance(rule, gx.expectations.UnexpectedRowsExpectation)]
    others = [rule for rule in rules if rule not in queries]
    summary = {"result_format": "SUMMARY", "return_unexpected_index_query": False}
    if place:
        summary["unexpected_index_column_names"] = list(place)
    for name, some_rules, detail in (("queries", queries, {"result_format": "COMPLETE"}), ("others", others, summary)):
        if some_rules:
            report = batch.validate(gx.ExpectationSuite(name=name, expectations=some_rules), result_format=detail)
            yield from (_finding(result, place) for result in report.results)


def _finding(result: Any, place: tuple[str, ...]) -> Finding:
    rule, outcome = result.expectation_config, result.result
    if "raised_exception" not in result.exception_info or result.exception_info["raised_exception"]:
        return Finding(
            rule.meta["claim"], "error", True, 0, f"could not be computed: {_why(result.exception_info)}", []
        )
    is_query = "details" in outcome and "unexpected_rows" in outcome["details"]
    places = outcome["details"]["unexpected_rows"] if is_query else _places(outcome, place)
    return Finding(
        rule=rule.meta["claim"],
        severity="warning" if rule.severity in ("warning", "info") else "error",
        is_broken=not result.success,
        unexpected_count=int((outcome.get("observed_value") if is_query else outcome.get("unexpected_count")) or 0),
        observed_value=_observed(outcome, is_query),
        where=[] if result.success else [_say(row) for row in places[:PLACES_SHOWN]],
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
