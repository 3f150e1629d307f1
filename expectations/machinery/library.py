"""Imports Great Expectations, which takes seconds, only when it is asked for, and silent. No rule belongs here."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from expectations.machinery.rules import Rule

SEVERITIES = {"error": "critical", "warning": "warning"}


def great_expectations() -> ModuleType:
    """The package, with its usage statistics switched off on any machine: nobody is told that we ran."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # versions that phone home read this once, when imported
    with _main_is_a_file():
        import great_expectations

    return great_expectations


def expectation_of(rule: Rule) -> Any:
    """The rule as the library's own expectation."""
    import great_expectations.expectations as gxe
    from great_expectations.expectations.metadata_types import FailureSeverity

    severity = FailureSeverity(SEVERITIES[rule.severity])
    return getattr(gxe, rule.expectation)(**rule.arguments, severity=severity, meta={"claim": rule.claim})


@contextmanager
def _main_is_a_file() -> Iterator[None]:
    """Where pyspark is installed it is imported too, and ends a process of `python -c`: it takes it for a doctest."""
    main = sys.modules["__main__"]
    if hasattr(main, "__file__"):
        yield
        return
    main.__file__ = ""
    try:
        yield
    finally:
        del main.__file__
