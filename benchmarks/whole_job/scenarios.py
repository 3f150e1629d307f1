"""What is measured of a shop: the whole job beside the floor, and the nights that come after. How: programs.py."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from whole_job import shops
from whole_job.comparison import Compared, compare
from whole_job.programs import PUBLISHED, Bench

SMALLEST = 200  # customers: what its night costs is fixed
HALF_A_YEAR = 183


def whole_job(bench: Bench, shop: Path) -> tuple[list[dict[str, Any]], Compared]:
    """The floor, the first night of an empty data directory, the floor again; and whether both made the same."""
    data_dir, floor = _empty(bench.work / "job"), bench.work / "floor.duckdb"
    runs = [
        bench.floor("floor", shop, floor),
        bench.night("full job", data_dir, shop),
        bench.floor("floor again", shop, floor),
    ]
    return runs, compare(data_dir / PUBLISHED, floor)


def fixed_part(bench: Bench, shops_folder: Path) -> dict[str, Any]:
    """The night of the smallest shop, the second time, so that everything that is prepared once is there."""
    shop = shops.make_shop(shops_folder, SMALLEST)
    bench.night("warm-up", _empty(bench.work / "smallest"), shop)
    return bench.night("smallest shop", _empty(bench.work / "smallest"), shop)


def next_night(bench: Bench, shop: Path, history_days: int, is_daily: bool) -> list[dict[str, Any]]:
    """A night after so many days, with one more day's files; the one before it had to take in all at once.

    With `is_daily` the history lies in a file a feed and day, otherwise in one a feed.
    """
    last = shops.FIRST_DAY + timedelta(days=history_days - 1)
    name = f"{history_days} days, {'daily files' if is_daily else 'one file'}"
    data_dir, landing = _empty(bench.work / "nights"), _empty(bench.work / "landing")
    shops.land(shop, landing, shops.Cut(last - timedelta(days=1), is_daily))
    before = bench.night(f"first night of {name}", data_dir, landing)
    shops.land_day(shop, landing, last)
    return [before, bench.night(f"next night after {name}", data_dir, landing)]


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
