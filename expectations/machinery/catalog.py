"""Finds the suites: the claims about `<schema>.<table>` stand in suites/<schema>/<table>.py. Knows no rule itself.

A suite has `KEY` (the columns that name a row) and `RULES`. It imports Great Expectations, so it is loaded when a table
is validated and not when the folder is read.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from expectations.machinery.library import great_expectations

SUITES = Path(__file__).parents[1] / "suites"


@cache
def suites() -> frozenset[str]:
    """The tables ("schema.name") that have a suite."""
    return frozenset(f"{file.parent.name}.{file.stem}" for file in SUITES.glob("*/[!_]*.py"))


def rules_of(table: str) -> list:
    """The rules of `table` ("schema.name"), in the order in which they are told. KeyError when it has no suite."""
    return list(_suite(table).RULES)


def key_of(table: str) -> tuple[str, ...]:
    """The columns whose values name a row of `table` to a person; empty when the table has no suite."""
    return tuple(_suite(table).KEY) if table in suites() else ()


def _suite(table: str) -> ModuleType:
    if table not in suites():
        raise KeyError(f"{table} has no expectation suite; tables with one: {', '.join(sorted(suites()))}")
    great_expectations()
    return import_module(f"expectations.suites.{table}")
