"""Damages the feeds of a batch as planned, writes them where a pipeline finds them, and keeps the tally of both."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.sample import dirt, truth_tables
from pipelines.sample.batch import Batch
from pipelines.sample.exports import Exported
from pipelines.sample.files import TruthTables, write_csv, write_events
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.plan import Plan
from pipelines.sample.streams import Subject, stream
from pipelines.sample.truth import Tally


def deliver_products(rng: np.random.Generator, path: Path, invented: InventedShop, tally: Tally) -> None:
    """Writes the file of the goods."""
    _deliver_csv(rng, path, "products", invented.catalogue.table, 0, invented.shop, tally)


def deliver_batch(
    rng: np.random.Generator, batch: Batch, events: pa.Table, folder: Path, invented: InventedShop, tally: Tally
) -> None:
    """Writes the four files of the batch, each row in its last state."""
    feeds = {"customers": batch.registrations, "orders": batch.sales.orders, "order_items": batch.sales.items}
    for feed, table in feeds.items():
        path = folder / f"{feed}-{batch.number:04d}.csv"
        _deliver_csv(rng, path, feed, table, batch.number, invented.shop, tally)
    path = folder / f"events-{batch.number:04d}.parquet"
    table, duplicates = dirt.with_exact_duplicates(rng, events, invented.shop.exact_duplicate)
    table, reasons = dirt.broken_events(rng, table, batch.number, dirt.some_copies(table, invented.shop))
    write_events(path, table)
    tally.add_file("events", len(table), duplicates, 0, reasons)


def record_truth(batch: Batch, truth: TruthTables, invented: InventedShop, tally: Tally) -> None:
    """Writes the rows of the truth about the batch."""
    orders = truth_tables.order_owners(batch.population.people, batch.sales, invented.window.end_seconds)
    persons = truth_tables.persons(batch.population, orders, invented)
    truth.append("persons", persons)
    truth.append("customers", truth_tables.identities(batch.population, orders, persons))
    truth.append("orders", orders)
    tally.count(batch.population, orders)


def deliver_day(
    folder: Path, plan: Plan, day: int, feeds: dict[str, Exported], invented: InventedShop, tally: Tally
) -> None:
    """Writes the four files that the shop system exports after a day; of its rows, few are damaged and mostly none."""
    rng, number, date = stream(plan.seed, Subject.DAMAGE, day), plan.file_number(day), invented.window.date_of(day)
    for feed, exported in feeds.items():
        table, duplicates = dirt.with_exact_duplicates(rng, exported.table, invented.shop.exact_duplicate)
        copies = int(rng.poisson(invented.shop.broken_row * len(table)))
        if feed == "events":
            table, reasons = dirt.broken_events(rng, table, number, copies)
            lines: list[str] = []
            write_events(folder / f"{feed}-{date}.parquet", table)
        else:
            lines, reasons = dirt.broken_lines(rng, feed, table, number, copies)
            write_csv(folder / f"{feed}-{date}.csv", table, lines)
        newer = int((~exported.is_first).sum())
        tally.add_file(feed, len(table) + len(lines), duplicates, newer, reasons)


def _deliver_csv(
    rng: np.random.Generator, path: Path, feed: str, table: pa.Table, number: int, shop: Parameters, tally: Tally
) -> None:
    older = duplicates = 0
    if feed in dirt.UNKNOWN_BEFORE:
        table, older = dirt.with_older_versions(rng, table, *dirt.UNKNOWN_BEFORE[feed], shop.older_version)
    if feed != "products":
        table, duplicates = dirt.with_exact_duplicates(rng, table, shop.exact_duplicate)
    broken, reasons = dirt.broken_lines(rng, feed, table, number, dirt.some_copies(table, shop))
    write_csv(path, table, broken)
    tally.add_file(feed, len(table) + len(broken), duplicates, older, reasons)
