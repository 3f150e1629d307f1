"""Finds the suites: the claims about `<schema>.<table>` stand in suites/<schema>/<table>.py. Knows no rule itself.

A suite has `RULES`. It is loaded when a table is validated and not when the folder is read.
"""

from functools import cache
from importlib import import_module
from pathlib import Path

from expectations.machinery.rules import Rule

SUITES = Path(__file__).parents[1] / "suites"


@cache
def suites() -> frozenset[str]:
    """The tables ("schema.name") that have a suite."""
    return frozenset(f"{file.parent.name}.{file.stem}" for file in SUITES.glob("*/[!_]*.py"))


def rules_of(table: str) -> list[Rule]:
    """The claims about `table` ("schema.name") in the order in which they are told; none when it has no suite."""
    if table not in suites():
        return []
    return list(import_module(f"expectations.suites.{table}").RULES)
