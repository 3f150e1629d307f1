"""The history that the tests of past days share."""

import pytest

from tests.rebuild.history import History, live_through


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return live_through(tmp_path_factory.mktemp("history"), seed=20260630)
