"""Imports Great Expectations, which takes seconds, only when it is asked for, and silent. No rule belongs here."""

import os
from types import ModuleType


def great_expectations() -> ModuleType:
    """The package, with its usage statistics switched off on any machine: nobody is told that we ran."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # versions that phone home read this once, when imported
    import great_expectations

    return great_expectations
