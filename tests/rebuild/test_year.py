"""A year of nights with late and corrected rows holds what one night holds that is built at once, kills or not.

NIGHTS_APART (an environment variable) is how many days lie between two builds; files land every day. 7 unless told.
"""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.folders import REPOSITORY
from pipelines.warehouse.build import connect
from tests.rebuild.building import build
from tests.rebuild.history import LAST_DAY, live
from tests.rebuild.test_kept_tables import unequal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rebuild")]

SEED = 20_260_630
YEAR = [LAST_DAY - timedelta(days=number) for number in reversed(range(365))]
KILLS = 6
BUILD = """
import sys
from datetime import date
from pathlib import Path
from tests.rebuild.building import build
build(Path(sys.argv[1]), Path(sys.argv[2]), date.fromisoformat(sys.argv[3]), is_scored=False)
"""


def start(lake: Path, folder: Path, night: date) -> subprocess.Popen:
    """The same build in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", BUILD, str(lake), str(folder), str(night)], cwd=REPOSITORY)


def seconds(lake: Path, folder: Path, night: date) -> float:
    began = time.monotonic()
    assert start(lake, folder, night).wait() == 0
    return time.monotonic() - began


def is_killed(lake: Path, folder: Path, night: date, after: float) -> bool:
    process = start(lake, folder, night)
    time.sleep(after)
    is_at_work = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return is_at_work


def broken_periods(warehouse: Path) -> int:
    """Histories that have not one open period, or a gap or an overlap between two."""
    with connect(warehouse) as connection:
        [(customers, broken)] = connection.execute(
            """
            with periods as (
                select
                    *,
                    lead(valid_from) over (partition by customer_id, segment_type order by valid_from) as next_from
                from marts.customer_segment_history
            )
            select
                count(distinct customer_id),
                count(*) filter (where valid_to is distinct from next_from or valid_to <= valid_from)
            from periods
            """
        ).fetchall()
    assert customers > 10
    return broken


def test_a_year_of_nights_equals_one_replay_and_kills_leave_no_half_period(tmp_path: Path) -> None:
    apart = int(os.environ.get("NIGHTS_APART", "7"))
    built = [night for night in YEAR if (LAST_DAY - night).days % apart == 0]
    kills = dict(zip(built[4 :: max(1, len(built) // KILLS)], range(KILLS), strict=False))
    chance, killed, length, chain = random.Random(SEED), 0, 0.0, tmp_path / "chain"
    for history, night in live(tmp_path, SEED, customers=150, nights=YEAR):
        if night == built[0]:
            length = seconds(history.lake, chain, night)
        elif night in kills:
            killed += is_killed(history.lake, chain, night, length * (kills[night] + chance.random()) / KILLS)
            assert broken_periods(chain / "guanxi.duckdb") == 0, night
        if night in built:
            warehouse = build(history.lake, chain, night, is_scored=False)
            assert broken_periods(warehouse) == 0, night
    assert killed >= KILLS / 2
    assert unequal(warehouse, build(history.lake, tmp_path / "at once", YEAR[-1], is_scored=False)) == {}
    print(f"{len(built)} nights, {killed} of {KILLS} killed within a build of {length:.0f} s")
