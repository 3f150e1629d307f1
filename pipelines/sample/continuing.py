"""Continues a generated shop by some days: adds their nightly files to its folder, and brings the truth up to date."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from pipelines.problems import BadInput
from pipelines.sample.catalogue import draw_catalogue
from pipelines.sample.clock import Window
from pipelines.sample.course import LONGEST_COURSE_DAYS
from pipelines.sample.crowd import Crowd, gather
from pipelines.sample.days import LONGEST_LEAD_DAYS, FurtherDays
from pipelines.sample.delivery import deliver_day
from pipelines.sample.files import TruthTables
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.plan import MOST_FURTHER_DAYS, MOST_PEOPLE, Plan
from pipelines.sample.sales import ORDERS_A_FILE
from pipelines.sample.streams import opening_stream
from pipelines.sample.truth import TRUTH_FILE, SampleTruth, Tally
from pipelines.sample.truth_tables import identities, persons


def continue_shop(folder: Path, days: int, on_progress: Callable[[int], None] | None = None) -> SampleTruth:
    """Adds the files of the next `days` days to the folder of a shop that `generate` has written.

    For each day there is one dated file a feed, with the rows of the day, late rows of earlier ones, and rows that have
    changed. Going on by n days is the same as n times by one. What is true is brought up to date last, so a run that
    was killed is repeated by the next. `on_progress` hears at the beginning and after each day how many are done.
    Raises BadInput when `folder` holds no shop of this generator or the shop cannot go on so long.
    """
    truth, plan = _shop_in(folder)
    done = truth.days
    last = done + days - 1
    months = plan.month_of(last + LONGEST_LEAD_DAYS)
    _check(plan, days, last, months)
    goods = draw_catalogue(opening_stream(plan.seed, 0))
    opening, later = (
        InventedShop(plan.customers, window, plan.rates, goods) for window in (plan.opening, plan.horizon)
    )
    if on_progress:
        on_progress(0)
    crowd = gather(plan, opening, later, range(done, last + 1), months)
    further = FurtherDays(plan, crowd, later)
    tally = Tally.of(truth)
    for day in range(done, last + 1):
        deliver_day(folder, plan, day, further.exported(day), later, tally)
        if on_progress:
            on_progress(day - done + 1)
    orders = _true_orders(folder, plan, further, done - LONGEST_COURSE_DAYS, last)
    carts = further.carts(parquet.read_table(folder / "truth" / "carts.parquet"), done, last)
    return _write_truth(folder, plan, crowd, orders, carts, later, last + 1, tally)


def _shop_in(folder: Path) -> tuple[SampleTruth, Plan]:
    try:
        truth = SampleTruth.read(folder / "truth")
        return truth, truth.plan
    except OSError:
        raise BadInput(f"sample shop: {folder} holds no generated shop: make one with guanxi sample --out") from None
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            f"sample shop: {folder / 'truth' / TRUTH_FILE} is damaged or of another version: make the shop anew"
        ) from None


def _check(plan: Plan, days: int, last: int, months: int) -> None:
    left = plan.days + MOST_FURTHER_DAYS - LONGEST_LEAD_DAYS - (last - days + 1)
    if not 1 <= days <= left:
        raise BadInput(f"sample shop: can be continued by 1 to {left:,} days, not by {days:,}")
    if plan.newcomers(months).stop > MOST_PEOPLE:
        raise BadInput(f"sample shop: there are numbers for {MOST_PEOPLE:,} people only; continue by fewer days")


def _true_orders(folder: Path, plan: Plan, further: FurtherDays, first: int, last: int) -> pa.Table:
    """The truth about all orders: as it was of those that were over, anew of the others."""
    before = parquet.read_table(folder / "truth" / "orders.parquet")
    anew = further.true_orders(first, last)
    # What a killed run may have said of days that the others do not know yet is drawn anew like all that is not over.
    was_over = _numbers(before) < plan.file_number(max(first, plan.days)) * ORDERS_A_FILE
    is_anew = np.isin(_numbers(before), _numbers(anew))
    orders = pa.concat_tables([before.filter(pa.array(was_over & ~is_anew)), anew])
    return orders.take(pa.array(np.argsort(_numbers(orders))))


def _numbers(orders: pa.Table) -> np.ndarray:
    return np.asarray(orders["order_id"].cast(pa.int64()))


def _write_truth(
    folder: Path,
    plan: Plan,
    crowd: Crowd,
    orders: pa.Table,
    carts: pa.Table,
    later: InventedShop,
    days: int,
    tally: Tally,
) -> SampleTruth:
    known = crowd.population.known_by(days)
    tally.count(known, orders, carts)
    truth = tally.total(plan, Window(days, later.window.date_of(days - 1)))
    unfinished = folder / "truth" / ".unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of an earlier run that was killed
    with TruthTables(unfinished) as tables:
        of_person = persons(known, orders, later)
        tables.append("persons", of_person)
        tables.append("customers", identities(known, orders, of_person))
        tables.append("orders", orders)
        tables.append("carts", carts)
    for path in unfinished.iterdir():
        path.replace(folder / "truth" / path.name)
    unfinished.rmdir()
    truth.write(folder / "truth")
    return truth
