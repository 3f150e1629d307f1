"""Nights that go on from one another hold what one night holds that is built at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.night.going_on import goes_on
from pipelines.warehouse.build import connect
from tests.rebuild.building import build, differences
from tests.rebuild.history import NIGHTS, History

pytestmark = pytest.mark.xdist_group("rebuild")


def test_a_chain_of_nights_equals_one_that_is_built_at_once(history: History, tmp_path: Path) -> None:
    for night in (NIGHTS[8], NIGHTS[9], NIGHTS[9] + timedelta(days=1), NIGHTS[11]):
        chain = build(history.lake, tmp_path / "chain", night)
        with connect(chain, read_only=True) as connection:
            assert goes_on(connection) == (night > NIGHTS[8])
    found = differences(chain, build(history.lake, tmp_path / "at once", NIGHTS[11]))
    assert {table: rows for table, rows in found.items() if rows and "changed" not in table} == {}
