"""Generates a shop: arguments in, a folder of landing files out. The order of the steps lives here, no drawing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.problems import BadInput
from pipelines.sample.batch import Batch, draw_batch, draw_batch_events
from pipelines.sample.cases import Cases
from pipelines.sample.catalogue import draw_catalogue
from pipelines.sample.correspondence import of_opening
from pipelines.sample.defaults import UNTIL
from pipelines.sample.delivery import deliver_batch, deliver_day, deliver_products, record_truth
from pipelines.sample.exports import without_dictionaries
from pipelines.sample.files import TruthTables
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.opening import opening_event_exports, opening_exports
from pipelines.sample.parameters import Parameters
from pipelines.sample.plan import Plan
from pipelines.sample.streams import opening_stream
from pipelines.sample.truth import SampleTruth, Tally
from pipelines.sample.waiting import WaitingRows

CUSTOMERS_A_PART = 50_000
MOST_CUSTOMERS = 10_000_000
FEWEST_DAYS, MOST_DAYS = 30, 3_650
EARLIEST_YEAR = 1990


def generate(
    out: Path,
    customers: int,
    days: int,
    seed: int,
    until: date = UNTIL,
    on_progress: Callable[[int], None] | None = None,
    customers_a_batch: int = CUSTOMERS_A_PART,
    nightly_files: bool = False,
    rates: Parameters | None = None,
) -> SampleTruth:
    """Writes the landing files of a shop of `customers` people and `days` business days that end with `until`.

    The same arguments give the same bytes. `on_progress` hears after each batch how many people are done. The files
    appear in `out` all at once when the last is written. What is true of them lies in <out>/truth, which no source
    reads. Up to `customers_a_batch` people share a set of numbered files; with `nightly_files` each day has its own
    instead, as its shop system would have exported them: with late rows and with rows that were to change. The last
    versions are the rows of the numbered files.
    Raises BadInput when an argument is out of its range or `out` holds something already.
    """
    _check(out, customers, days, seed, until, customers_a_batch)
    plan = Plan(seed, customers, days, until, customers_a_batch, rates or Parameters())
    unfinished = out.parent / f".{out.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of an earlier run that was killed
    unfinished.mkdir(parents=True)
    try:
        truth = _write_shop(unfinished, plan, on_progress, _deliver_nightly if nightly_files else _deliver_at_once)
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return truth


@dataclass(frozen=True)
class Drawn:
    """A batch with what happened and was said in it, and its stream, for the damage to come."""

    rng: np.random.Generator
    batch: Batch
    events: pa.Table
    said: dict[str, Cases]


Batches = Iterator[Drawn]
Deliver = Callable[[np.random.Generator, Path, Plan, InventedShop, Batches, Tally], None]


def _write_shop(folder: Path, plan: Plan, on_progress: Callable[[int], None] | None, deliver: Deliver) -> SampleTruth:
    rng = opening_stream(plan.seed, 0)
    invented = InventedShop(plan.customers, plan.opening, plan.rates, draw_catalogue(rng))
    tally = Tally()
    with TruthTables(folder / "truth") as tables:
        deliver(rng, folder, plan, invented, _batches(plan, invented, tables, tally, on_progress), tally)
    truth = tally.total(plan, plan.opening)
    truth.write(folder / "truth")
    return truth


def _batches(
    plan: Plan,
    invented: InventedShop,
    tables: TruthTables,
    tally: Tally,
    on_progress: Callable[[int], None] | None,
) -> Batches:
    """Each batch as it is drawn, whichever is drawn first; the truth is recorded in passing."""
    for number in range(1, plan.batches + 1):
        rng = opening_stream(plan.seed, number)
        batch = draw_batch(rng, number, plan.batch(number), invented)
        events, touches = draw_batch_events(rng, batch, invented)
        yield Drawn(rng, batch, events, of_opening(plan.seed, batch, invented))
        record_truth(batch, touches, tables, invented, tally)
        if on_progress:
            on_progress(plan.batch(number).stop)


def _deliver_at_once(
    rng: np.random.Generator, folder: Path, plan: Plan, invented: InventedShop, batches: Batches, tally: Tally
) -> None:
    deliver_products(rng, folder / "products.csv", invented, tally)
    for drawn in batches:
        deliver_batch(drawn.rng, drawn.batch, drawn.events, drawn.said, folder, invented, tally)


def _deliver_nightly(
    rng: np.random.Generator, folder: Path, plan: Plan, invented: InventedShop, batches: Batches, tally: Tally
) -> None:
    deliver_products(rng, folder / f"products-{plan.opening.start}.csv", invented, tally)
    with WaitingRows(folder / "waiting", plan.days) as waiting:
        for drawn in batches:
            for feed, exported in opening_exports(plan, drawn.batch, invented, range(plan.days), []).items():
                waiting.add(feed, exported)
            waiting.add("events", opening_event_exports(plan, drawn.batch.number, drawn.events, invented))
            for feed, cases in drawn.said.items():
                exported = cases.exported(invented.window, plan.days, range(plan.days))
                waiting.add(feed, without_dictionaries(exported))
        for day in range(plan.days):
            deliver_day(folder, plan, day, waiting.of_day(day), invented, tally)


def _check(out: Path, customers: int, days: int, seed: int, until: date, customers_a_batch: int) -> None:
    ranges = {
        "customers": (customers, 1, MOST_CUSTOMERS),
        "days": (days, FEWEST_DAYS, MOST_DAYS),
        "seed": (seed, 0, 2**63 - 1),
        "until (its year)": (until.year, EARLIEST_YEAR, 2100),
        "customers_a_batch": (customers_a_batch, 1, 10 * CUSTOMERS_A_PART),
    }
    for name, (value, least, most) in ranges.items():
        if not least <= value <= most:
            raise BadInput(f"sample shop: {name} is {value:,} but must be from {least:,} to {most:,}")
    if out.exists() and not out.is_dir():
        raise BadInput(f"sample shop: {out} is a file; give a folder that is new or empty")
    if out.is_dir() and any(out.iterdir()):
        raise BadInput(f"sample shop: {out} is not empty; give a folder that is new or empty, or empty it first")
