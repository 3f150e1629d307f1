"""The reasons why a record is kept out of the lake, in the order they are asked. Nothing is written here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.landing.blocked_identifiers import BlockedIdentifier, is_blocked
from pipelines.landing.contracts import Column, Contract
from pipelines.landing.refining.casting import FLOATS, column_or_null
from pipelines.landing.sql import identifier, literal

EXPECTED: dict[str, str] = {
    "instant": "an instant of 1990 to 2100 such as 2024-01-31 18:05:00 or 2024-01-31T18:05:00+08:00",
    "date": "a date such as 2024-01-31",
    "money": "an amount such as 1234.50, below 10^11",
    "price": "a price such as 12.3450, below 10^9",
    "number": "a number such as 7.12345678, below 10^9",
    "integer": "a whole number below 10^6",
    "boolean": "true or false",
}

PLAIN = "plain "  # begins like no contract column: whether an id that came as text is a PLAIN_ID

# A long number as a spreadsheet shows it: 3.51531E+16 stands for 10^11 ids. A code such as 12E15 is none.
SCIENTIFIC = r"[+-]?[0-9](\.[0-9]+[eE]\+?|[eE]\+)(1[1-9]|[2-9][0-9]|[0-9]{3,})"


@dataclass(frozen=True)
class Problem:
    """One way in which a record can be unfit; `condition` is SQL over the typed columns and the raw ones."""

    reason: str
    column: str | None
    condition: str
    detail: str


@dataclass(frozen=True)
class Rates:
    """What money of other currencies is worth in the source's: from `first_days` on, days of `time_zone`."""

    currency: str
    time_zone: str
    first_days: Mapping[str, date]


def problems_of(
    contract: Contract,
    types: dict[str, str],
    raw_prefix: str,
    blocked: Sequence[BlockedIdentifier] = (),
    rates: Rates | None = None,
) -> list[Problem]:
    """Every problem a record of this feed can have; the first that holds is the one reported.

    `types` are the DuckDB types of the columns the source's select delivers, `blocked` the source's own patterns.
    """
    problems = []
    if "set_aside_reason" in types:
        problems.append(Problem("set_aside", None, "set_aside_reason is not null", ""))
    for column in contract.columns:
        problems.extend(_problems_of_column(column, types, raw_prefix))
        if column.is_id and column.name in types:
            problems.extend(_problems_of_id(column, types[column.name], raw_prefix, blocked))
        if column.falls_back_to == "currency" and column.name in types and rates:
            problems.append(_problem_of_currency(column, contract.happened_at, rates))
    problems += [Problem("breaks_a_rule", rule.column, f"not ({rule.must})", rule.detail) for rule in contract.rules]
    return problems


def _problems_of_column(column: Column, types: dict[str, str], raw_prefix: str) -> list[Problem]:
    name = identifier(column.name)
    is_empty = _is_empty(column, types, raw_prefix)
    found = []
    if column.is_required:
        found.append(Problem("missing_required", column.name, is_empty, f"{column.name} is required and empty"))
    if column.type in EXPECTED and column.name in types:
        condition = f"case when {name} is null then not ({is_empty}) else false end"
        detail = f"{column.name} must be {EXPECTED[column.type]}"
        found.append(Problem(f"not_a_{column.type}", column.name, condition, detail))
    if column.is_positive:
        found.append(Problem("not_positive", column.name, f"{name} <= 0", f"{column.name} must be more than 0"))
    if column.values:
        accepted = ", ".join(literal(value) for value in column.values)
        detail = f"{column.name} must be one of {', '.join(column.values)}"
        # `not in` would be planned as a join, after which rows come in any order
        condition = f"not list_contains([{accepted}], {name})"
        found.append(Problem("not_an_accepted_value", column.name, condition, detail))
    return found


def _problem_of_currency(column: Column, happened_at: str | None, rates: Rates) -> Problem:
    """Money that nobody can count in the shop's currency: no rate of its currency is known for its day."""
    name, zone = f"upper({identifier(column.name)})", literal(rates.time_zone)
    day = f"cast(timezone({zone}, timezone('UTC', {identifier(happened_at)})) as date)" if happened_at else "null"
    known = "".join(
        f" when {literal(currency)} then {day} < cast({literal(first)} as date)"
        for currency, first in rates.first_days.items()
    )
    condition = f"case {name} when {literal(rates.currency)} then false{known} else true end"
    detail = f"{column.name} is not {rates.currency} and has no rate on that day: add it to exchange_rates.csv"
    return Problem("no_exchange_rate", column.name, condition, f"{detail} in the data directory")


def _is_empty(column: Column, types: dict[str, str], raw_prefix: str) -> str:
    """SQL that is true when nothing was given; what came out typed, as nearly all does, need not be asked."""
    is_empty = column_or_null(column, types, raw_prefix).is_empty
    if column.falls_back_to:
        return is_empty
    return f"case when {identifier(column.name)} is null then {is_empty} else false end"


def plain_flag(column: Column, duckdb_type: str | None) -> str | None:
    """The column in which an id of this type is marked when it is plain, and so neither rounded nor a placeholder."""
    return identifier(PLAIN + column.name) if column.is_id and duckdb_type == "VARCHAR" else None


def _problems_of_id(
    column: Column, duckdb_type: str, raw_prefix: str, blocked: Sequence[BlockedIdentifier]
) -> list[Problem]:
    """A rounded id may be anybody's, so even where it may be empty its row is kept out."""
    name, raw = identifier(column.name), identifier(raw_prefix + column.name)
    is_plain = plain_flag(column, duckdb_type)
    # to look for a sign it must have costs a fifth of what the whole form costs
    is_rounded = (
        f"case {f'when {is_plain} then false' if is_plain else ''} when contains({name}, '.') or contains({name}, '+') "
        f"then regexp_full_match({name}, {literal(SCIENTIFIC)}) else false end"
    )
    if duckdb_type in FLOATS:
        is_rounded = f"abs({raw}) >= {FLOATS[duckdb_type]}"
    mend = "export it as text" if duckdb_type == "VARCHAR" else "export it as text or as a whole number"
    found = [
        Problem(
            "rounded_id",
            column.name,
            is_rounded,
            f"{column.name} was rounded as a number, so different ids look alike: {mend}",
        )
    ]
    if column.is_required:
        detail = f"{column.name} is a placeholder or masked and names nothing: export the id itself"
        found.append(Problem("placeholder_id", column.name, is_blocked(name, column, blocked, is_plain), detail))
    return found


def first_problem(problems: list[Problem]) -> str:
    """SQL for the position of the first problem that holds; null for a sound record."""
    branches = " ".join(f"when {problem.condition} then {number}" for number, problem in enumerate(problems))
    return f"case {branches} end"


def offending_value(problems: list[Problem], raw_prefix: str, types: dict[str, str]) -> str:
    """SQL for the value that the problem of the record is about."""
    branches = " ".join(
        f"when {number} then cast({identifier(raw_prefix + problem.column)} as varchar)"
        for number, problem in enumerate(problems)
        if problem.column in types and problem.column is not None
    )
    return f"case problem {branches} end" if branches else "cast(null as varchar)"


def described(problems: list[Problem]) -> str:
    """SQL for a table of problem, reason, column_name and detail to join the records with."""
    rows = ", ".join(
        f"({number}, {literal(problem.reason)}, {literal(problem.column)}, {literal(problem.detail)})"
        for number, problem in enumerate(problems)
    )
    return f"(values {rows}) as described(problem, reason, column_name, detail)"
