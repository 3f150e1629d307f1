"""Generates a shop: arguments in, a folder of landing files out. The order of the steps lives here, no drawing."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from pipelines.problems import BadInput
from pipelines.sample.batch import draw_batch
from pipelines.sample.catalogue import draw_catalogue
from pipelines.sample.clock import Window
from pipelines.sample.defaults import UNTIL
from pipelines.sample.delivery import deliver_batch, deliver_products
from pipelines.sample.files import TruthTables
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.streams import opening_stream
from pipelines.sample.truth import SampleTruth, Tally

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
) -> SampleTruth:
    """Writes the landing files of a shop of `customers` people and `days` business days that end with `until`.

    The same arguments give the same bytes. `on_progress` hears after each batch how many people are done. The files
    appear in `out` all at once when the last is written. What is true of them lies in <out>/truth, which no source
    reads. Up to `customers_a_batch` people share a set of numbered files.
    Raises BadInput when an argument is out of its range or `out` holds something already.
    """
    _check(out, customers, days, seed, until, customers_a_batch)
    unfinished = out.parent / f".{out.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)  # of an earlier run that was killed
    unfinished.mkdir(parents=True)
    try:
        truth = _write_shop(unfinished, customers, Window(days, until), seed, on_progress, customers_a_batch)
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return truth


def _write_shop(
    folder: Path, customers: int, window: Window, seed: int, on_progress: Callable[[int], None] | None, a_batch: int
) -> SampleTruth:
    # The seed's children by key: 0 is the shop's, n that of batch n, whichever batch is drawn first.
    rng = opening_stream(seed, 0)
    invented = InventedShop(customers, window, Parameters(), draw_catalogue(rng))
    tally = Tally()
    deliver_products(rng, folder, invented, tally)
    with TruthTables(folder / "truth") as tables:
        for number, first in enumerate(range(0, customers, a_batch), start=1):
            rng = opening_stream(seed, number)
            size = min(a_batch, customers - first)
            deliver_batch(rng, draw_batch(rng, number, first, size, invented), folder, tables, invented, tally)
            if on_progress:
                on_progress(first + size)
    truth = tally.total(seed, customers, window, invented.shop)
    truth.write(folder / "truth" / "truth.json")
    return truth


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
