"""Where the extra or Java are absent every test of this folder is skipped, and says so; all run in one worker."""

from pathlib import Path

import pytest

from pipelines.problems import BadInput
from pipelines.warehouse.spark_session import require_spark


def lacking() -> str | None:
    """Why Spark cannot run here."""
    try:
        require_spark()
    except BadInput as problem:
        return str(problem)
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = lacking()
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("spark"))
            item.add_marker(pytest.mark.wide)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))
