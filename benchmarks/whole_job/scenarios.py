"""What is measured of a shop: the whole job beside the floor, and the nights that come after. How: programs.py."""

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from whole_job import shops
from whole_job.comparison import Compared, compare
from whole_job.programs import PUBLISHED, Bench
from whole_job.runs import (
    FLOOR,
    FLOOR_AGAIN,
    FULL_JOB,
    HALF_A_YEAR,
    LIMITED,
    SMALLEST,
    TWO_YEARS,
    TWO_YEARS_DAILY,
    first_of,
    next_after,
)

FEWEST_CUSTOMERS = 200


@dataclass(frozen=True)
class History:
    """What lies behind a night: so many days, in one file a feed or in one a feed and day."""

    days: int
    is_daily: bool


HISTORIES = {
    TWO_YEARS: History(730, is_daily=False),
    HALF_A_YEAR: History(183, is_daily=False),
    TWO_YEARS_DAILY: History(730, is_daily=True),
}


def whole_job(bench: Bench, shop: Path) -> tuple[list[dict[str, Any]], Compared]:
    """The floor, the first night of an empty data directory, the floor again; and whether both made the same."""
    data_dir, floor = _empty(bench.work / "job"), bench.work / "floor.duckdb"
    runs = [
        bench.floor(FLOOR, shop, floor),
        bench.night(FULL_JOB, data_dir, shop),
        bench.floor(FLOOR_AGAIN, shop, floor),
    ]
    return runs, compare(data_dir / PUBLISHED, floor)


def limited_job(bench: Bench, shop: Path, memory_limit: str) -> dict[str, Any]:
    """The first night once more, within so much memory."""
    return bench.night(LIMITED, _empty(bench.work / "limited"), shop, {"memory_limit": memory_limit})


def fixed_part(bench: Bench, shops_folder: Path) -> dict[str, Any]:
    """The night of the smallest shop, the second time, so that everything that is prepared once is there."""
    shop = shops.make_shop(shops_folder, FEWEST_CUSTOMERS)
    bench.night("warm-up", _empty(bench.work / "smallest"), shop)
    return bench.night(SMALLEST, _empty(bench.work / "smallest"), shop)


def next_night(bench: Bench, shop: Path, name: str) -> tuple[list[dict[str, Any]], Compared]:
    """The night of a history's last day, after one that had to take in all before it at once.

    And whether it made what the floor makes of all files, for which the floor runs once more.
    """
    history = HISTORIES[name]
    last = shops.FIRST_DAY + timedelta(days=history.days - 1)
    data_dir, landing = _empty(bench.work / "nights"), _empty(bench.work / "landing")
    shops.land(shop, landing, shops.Cut(last - timedelta(days=1), history.is_daily))
    before = bench.night(first_of(name), data_dir, landing)
    shops.land_day(shop, landing, last)
    after, floor = bench.night(next_after(name), data_dir, landing), bench.work / "floor.duckdb"
    bench.floor(f"floor of {name}", landing, floor)
    return [before, after], compare(data_dir / PUBLISHED, floor)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
