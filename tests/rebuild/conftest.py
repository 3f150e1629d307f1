"""What the tests of past days share: a history, and the warehouse of its last night."""

from pathlib import Path

import pytest

from tests.rebuild.building import build
from tests.rebuild.history import LAST_DAY, History, live_through


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return live_through(tmp_path_factory.mktemp("history"), seed=20260630)


@pytest.fixture(scope="session")
def last_night(history: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Without scores; nobody may change it (copy it first)."""
    return build(history.lake, tmp_path_factory.mktemp("last night"), LAST_DAY, is_scored=False)
