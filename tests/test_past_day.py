"""A past day built again by the whole night: published as of that day, and what became known only later is told."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("first_night")]

LATER = "select feed, later_rows > 0 from ops.later_versions where source_name = 'sample' order by feed"


def later_feeds(run: Run) -> list[str]:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        return [feed for feed, is_later in connection.execute(LATER).fetchall() if is_later]


def test_a_night_is_recorded_and_nothing_of_it_is_known_only_later(first_night: Run) -> None:
    [line] = (first_night.home / "lake" / "nights.jsonl").read_text().splitlines()
    assert json.loads(line)["as_of"] == "2026-06-30"
    assert later_feeds(first_night) == []
    assert not any("known only after" in note for note in first_night.outcome.notes)


def test_a_past_day_tells_how_much_became_known_only_later(first_night: Run, tmp_path: Path) -> None:
    past = first_night.copy(tmp_path / "data").again(as_of="2026-05-31")
    assert past.outcome.is_success, past.outcome
    with duckdb.connect(str(past.published), read_only=True) as connection:
        newest = connection.execute("select max(order_date) <= '2026-05-31' from marts.fct_orders").fetchall()
    assert newest == [(True,)]
    assert {"order_items", "products"} <= set(later_feeds(past))
    assert any("rows of order_items became known only after 2026-05-31" in note for note in past.outcome.notes)
