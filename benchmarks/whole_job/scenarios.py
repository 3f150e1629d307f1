"""What is measured of a shop: the whole job beside the floor, and the nights that come after. How: programs.py."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whole_job import shops
from whole_job.comparison import Compared, compare
from whole_job.programs import PUBLISHED, Bench
from whole_job.runs import (
    FLOOR,
    FLOOR_AGAIN,
    FULL_JOB,
    HALF_A_YEAR_NIGHTLY,
    LIMITED,
    SMALLEST,
    TWO_YEARS,
    TWO_YEARS_NIGHTLY,
    first_of,
    next_after,
)

FEWEST_CUSTOMERS = 200


@dataclass(frozen=True)
class History:
    """What lies behind a night: so many days, in few files or in one a feed and day."""

    days: int
    nightly_files: bool


HISTORIES = {
    TWO_YEARS: History(730, nightly_files=False),
    TWO_YEARS_NIGHTLY: History(730, nightly_files=True),
    HALF_A_YEAR_NIGHTLY: History(183, nightly_files=True),
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


def next_night(bench: Bench, shops_folder: Path, customers: int, name: str) -> tuple[list[dict[str, Any]], Compared]:
    """The night of the day after a history, after one that had to take in all of that history at once.

    And whether it made what the floor makes of all files, for which the floor runs once more.
    """
    history, landing = HISTORIES[name], _empty(bench.work / "landing")
    shop = shops.make_shop(shops_folder, customers, history.nightly_files)
    data_dir, floor = _empty(bench.work / "nights"), bench.work / "floor.duckdb"
    shops.land(shop, landing, history.days)
    before = bench.night(first_of(name), data_dir, landing)
    shops.land_next_day(shop, landing, history.days)
    after = bench.night(next_after(name), data_dir, landing)
    bench.floor(f"floor of {name}", landing, floor)
    return [before, after], compare(data_dir / PUBLISHED, floor)


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
