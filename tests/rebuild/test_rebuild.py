"""A past day that is built again has the tables it would have had: what became known later changes none of them."""

import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.contracts import load_contracts
from pipelines.landing.lake import create_raw_view
from pipelines.landing.nights import EVER, BusinessDay
from pipelines.landing.parts import committed_parts
from pipelines.registry.card import landed_by
from tests.rebuild.building import ZONE, build, cut, differences
from tests.rebuild.history import LAST_DAY, History

pytestmark = pytest.mark.xdist_group("rebuild")  # one worker lives through the history, once

DAYS = [LAST_DAY - timedelta(days=days) for days in random.Random(20260630).sample(range(1, 200), 20)]


def check(history: History, folder: Path, day: date) -> None:
    """All tables as of the day are the same, row by row, from the full lake and from the lake of that day."""
    cut(history, folder / "lake", day)
    found = differences(build(history.lake, folder / "full", day), build(folder / "lake", folder / "past", day))
    print(day, sum(found.values()), "rows differ in", len(found), "tables")
    assert {table: rows for table, rows in found.items() if rows} == {}


def test_of_what_had_landed_by_a_day_nothing_is_other_for_what_lands_later(history: History, tmp_path: Path) -> None:
    """So a model that was learned as of a past day may score that day again."""
    day, lake = DAYS[0], tmp_path / "lake"
    shutil.copytree(history.lake, lake)
    folder = lake / "orders" / "sample"
    parts = {part.part: history.known_on["orders", part.file_hash] for part in committed_parts(folder)}
    later = [part for part, known_on in parts.items() if known_on > day]
    assert 0 < len(later) < len(parts)
    before = landed_by(history.lake, ["sample"], ZONE, day)
    withdraw(folder, later)
    assert landed_by(lake, ["sample"], ZONE, day) == before
    withdraw(folder, [next(part for part, known_on in parts.items() if known_on <= day)])
    assert landed_by(lake, ["sample"], ZONE, day) != before


def withdraw(folder: Path, parts: list[str]) -> None:
    for file in (file for part in parts for file in folder.glob(f"*{part}*")):
        file.unlink()


@pytest.mark.wide
@pytest.mark.parametrize("day", DAYS[:2], ids=str)
def test_a_past_day_built_again_is_what_it_was(history: History, tmp_path: Path, day: date) -> None:
    check(history, tmp_path, day)


@pytest.mark.slow
@pytest.mark.parametrize("day", DAYS[2:], ids=str)
def test_eighteen_more_past_days_built_again_are_what_they_were(history: History, tmp_path: Path, day: date) -> None:
    check(history, tmp_path, day)


def test_the_history_has_corrections_that_came_later(history: History) -> None:
    """Otherwise the tests above would prove nothing: without a day the newest of all versions count."""
    for feed in ("orders", "order_items", "customers", "products", "tickets"):
        with duckdb.connect() as connection:
            found = []
            for as_of in (BusinessDay(DAYS[0], "Asia/Shanghai"), EVER):
                create_raw_view(connection, history.lake, load_contracts()[feed], ["sample"], as_of)
                found.append(set(connection.execute(f"from raw.{feed}").fetchall()))
        assert len(found[0]) == len(found[1])
        assert len(found[1] - found[0]) > 5, feed
