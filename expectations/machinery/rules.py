"""Words that several suites share: each makes one rule with its claim. What one table promises stands in its suite.

In a query `{batch}` is the table. Great Expectations names it itself, unless the query joins: then it needs `as`.
What a query selects is shown to people, so it selects where a row is and never a personal value.
It is in words that DuckDB and Spark both know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Severity = Literal["error", "warning"]
Limit = float | datetime | None
PLACE = "file_name, row_number"


@dataclass(frozen=True)
class Rule:
    """One promise: what must be true, how bad it is when it is not, and who can say which rows break it.

    `expectation` is the class of Great Expectations that is asked which rows they are, `arguments` what it is told.
    Exactly one of two counts them beforehand: `query` finds them in the table {batch}, `condition` is true of each.
    """

    claim: str
    severity: Severity
    expectation: str
    arguments: Mapping[str, Any]
    query: str | None = None
    condition: str | None = None


def never(claim: str, query: str, severity: Severity = "error") -> Rule:
    """The claim holds when `query` finds no row."""
    return Rule(claim, severity, "UnexpectedRowsExpectation", {"unexpected_rows_query": query}, query=query)


def not_null(claim: str, column: str, mostly: float = 1, severity: Severity = "error") -> Rule:
    """At least the share `mostly` of the rows has a value in `column`."""
    told = {"column": column, "mostly": mostly}
    return Rule(claim, severity, "ExpectColumnValuesToNotBeNull", told, condition=f"{column} is null")


def in_set(claim: str, column: str, values: list[str]) -> Rule:
    """Whatever stands in `column` is one of `values`; nothing is allowed."""
    told = {"column": column, "value_set": values}
    condition = f"{column} not in ({', '.join(map(_literal, values))})"
    return Rule(claim, "error", "ExpectColumnValuesToBeInSet", told, condition=condition)


def between(
    claim: str, column: str, low: Limit, high: Limit = None, mostly: float = 1, severity: Severity = "error"
) -> Rule:
    """At least the share `mostly` of the values in `column` lies in [low, high]; nothing is allowed."""
    told = {"column": column, "min_value": low, "max_value": high, "mostly": mostly}
    limits = {"<": low, ">": high}
    condition = " or ".join(f"{column} {sign} {_literal(limit)}" for sign, limit in limits.items() if limit is not None)
    return Rule(claim, severity, "ExpectColumnValuesToBeBetween", told, condition=condition)


def _literal(value: str | float | datetime) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"timestamp '{value}'" if isinstance(value, datetime) else repr(value)


def some_rows(claim: str) -> Rule:
    """The table is not empty."""
    return never(claim, "select count(*) as row_count from {batch} having count(*) = 0")


def one_row_each(claim: str, columns: str) -> Rule:
    """No two rows share their values in `columns`; the library's own rule takes longer and cannot say which rows do."""
    return never(claim, f"select {columns} from {{batch}} group by {columns} having count(*) > 1")


def one_raw_row_each(claim: str, columns: str) -> Rule:
    """No two landed rows share their values in `columns`; the later of two is shown."""
    row = "max_by(file_name, row_number) as file_name, max(row_number) as row_number"
    return never(claim, f"select {row} from {{batch}} group by {columns} having count(*) > 1")


def sensibly_dated(claim: str, column: str) -> Rule:
    """Nearly all instants lie between 1990 and 2100: a batch of epoch zeros or of 9999-12-31 is a broken export.

    One odd row in a thousand does not stop a night; whether a row can be read at all is the contract's question.
    Days after the as-of date are normal, because an export may be newer than the day that is rebuilt.
    """
    return between(claim, column, datetime(1990, 1, 1), datetime(2100, 1, 1), mostly=0.999)


def fresh(claim: str, column: str) -> Rule:
    """The newest instant known on the night is at most two days older than the night; an empty table is not stale."""
    return never(
        claim,
        f"""
        select max({column}) as newest, any_value(night.as_of_date) as as_of_date
        from {{batch}} as landed cross join ops.night as night
        where {column} < night.as_of_date + interval 2 day
        having max({column}) < any_value(night.as_of_date) - interval 2 day
        """,
        severity="warning",
    )


def dated_within_the_shops_life(nouns: str, column: str) -> list[Rule]:
    """Hardly a row is dated long before or after all others, as a slip or a default such as 2000-01-01 is.

    One that is a year away from the rest is named, and the dates that models learn from do not follow it. Three rows
    and a thousandth of all are an error only when they lie five years away: a shop may have had a trial, or an owner's
    own account, a year before it opened, but not five. Most rows cannot be away from the rest, hence the half.
    """
    return [
        never(
            f"{nouns}_are_dated_within_the_shops_life",
            _far_from_the_rest(column, 1826, "between greatest(3, 0.001 * all_rows) and 0.5 * all_rows"),
        ),
        never(
            f"no_date_of_{nouns}_lies_a_year_from_all_others",
            _far_from_the_rest(column, 365, "between 1 and greatest(1, 0.01 * all_rows)"),
            severity="warning",
        ),
    ]


def _far_from_the_rest(column: str, gap_days: int, how_many: str) -> str:
    """Rows before the last, or after the first, gap of so many days that leaves so many rows beyond it.

    Without such a gap `life` has no row, so that the table is read once and not again for its rows.
    """
    return f"""
        with days as (
            select cast({column} as date) as day, count(*) as day_rows from {{batch}} as landed
            where {column} >= timestamp '1990-01-01' and {column} < timestamp '2100-01-01' group by all
        ),
        placed as (
            select
                day,
                lag(day) over (order by day) < day - interval {gap_days} day as is_after_gap,
                lead(day) over (order by day) > day + interval {gap_days} day as is_before_gap,
                sum(day_rows) over (order by day) - day_rows as rows_before,
                sum(day_rows) over (order by day desc) - day_rows as rows_after,
                sum(day_rows) over () as all_rows
            from days
        ),
        life as (
            select
                max(day) filter (where is_after_gap and rows_before {how_many}) as first_day,
                min(day) filter (where is_before_gap and rows_after {how_many}) as last_day
            from placed having first_day is not null or last_day is not null
        )
        select {PLACE}, cast({column} as date) as dated from {{batch}} as landed cross join life
        where (cast({column} as date) < first_day or cast({column} as date) > last_day)
            and {column} >= timestamp '1990-01-01' and {column} < timestamp '2100-01-01'
    """


def finite(claim: str, columns: list[str], key: str) -> Rule:
    """No NaN and no infinity, which both engines order above every number and so let through a lower limit."""
    broken = " or ".join(f"not {is_finite(column)}" for column in columns)
    return never(claim, f"select {key} from {{batch}} where {broken}")


def is_finite(column: str) -> str:
    """The condition that a value is a number; unknown for nothing. NaN is above infinity, as both engines order it."""
    return f"(abs(cast({column} as double)) < cast('infinity' as double))"


def of_tonight(claim: str, place: Sequence[str]) -> Rule:
    """Every row bears the night's as-of date: nothing of an earlier night was left behind."""
    return never(
        claim,
        f"""
        select {", ".join([*place, "rows_of.as_of_date"])} from {{batch}} as rows_of cross join ops.night as night
        where rows_of.as_of_date is distinct from night.as_of_date
        """,
    )


def all_found_in(claim: str, other: str, key: str = "customer_id", where: str = "true") -> Rule:
    """Every row's `key` is in the query or table `other`."""
    return never(claim, f"select {key} from {{batch}} as ours anti join {other} as theirs using ({key}) where {where}")


def all_taken_from(claim: str, other: str, key: str = "customer_id") -> Rule:
    """Every `key` of the query or table `other` is in the table."""
    return never(claim, f"select {key} from {other} as theirs anti join {{batch}} as ours using ({key})")
