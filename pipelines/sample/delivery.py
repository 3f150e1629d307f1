"""Damages the feeds of a batch as planned, writes them where a pipeline finds them, and keeps the tally of both."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.sample import dirt, truth_tables
from pipelines.sample.batch import Batch
from pipelines.sample.carts import first_carts, placed_orders
from pipelines.sample.cases import Cases
from pipelines.sample.events import Touches
from pipelines.sample.exports import Exported
from pipelines.sample.files import TruthTables, write_csv, write_parquet
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.plan import Plan
from pipelines.sample.streams import Subject, stream
from pipelines.sample.truth import Tally

LARGE_FEEDS = ("events", "campaign_messages")


def deliver_products(rng: np.random.Generator, path: Path, invented: InventedShop, tally: Tally) -> None:
    """Writes the file of the goods."""
    _deliver_csv(rng, path, "products", invented.catalogue.table, 0, invented.shop, tally)


def deliver_batch(
    rng: np.random.Generator,
    batch: Batch,
    events: pa.Table,
    said: dict[str, Cases],
    folder: Path,
    invented: InventedShop,
    tally: Tally,
) -> None:
    """Writes the files of the batch, one a feed, each row in its last state."""
    feeds = {"customers": batch.registrations, "orders": batch.sales.orders, "order_items": batch.sales.items}
    feeds |= {"events": events} | {feed: cases.at(invented.window.end_seconds) for feed, cases in said.items()}
    for feed, table in feeds.items():
        path = folder / f"{feed}-{batch.number:04d}.{ending(feed)}"
        if feed in LARGE_FEEDS:
            table, duplicates = dirt.with_exact_duplicates(rng, table, invented.shop.exact_duplicate)
            copies = dirt.some_copies(table, invented.shop)
            table, reasons = dirt.broken_rows(rng, feed, table, batch.number, copies)
            write_parquet(path, table)
            tally.add_file(feed, len(table), duplicates, 0, reasons)
        else:
            _deliver_csv(rng, path, feed, table, batch.number, invented.shop, tally)


def ending(feed: str) -> str:
    """Of the names of a feed's files."""
    return "parquet" if feed in LARGE_FEEDS else "csv"


def record_truth(batch: Batch, touches: Touches, truth: TruthTables, invented: InventedShop, tally: Tally) -> None:
    """Writes the rows of the truth about the batch."""
    population, sales, end = batch.population, batch.sales, invented.window.end_seconds
    orders = truth_tables.order_owners(population.people, sales, end)
    persons = truth_tables.persons(population, orders, invented)
    carts = first_carts(touches, placed_orders([sales]), population, end)
    truth.append("persons", persons)
    truth.append("customers", truth_tables.identities(population, orders, persons))
    truth.append("orders", orders)
    truth.append("carts", carts)
    tally.count(population, orders, carts)


def deliver_day(
    folder: Path, plan: Plan, day: int, feeds: dict[str, Exported], invented: InventedShop, tally: Tally
) -> None:
    """Writes the files that the shop system exports after a day; of its rows, few are damaged and mostly none."""
    rng, number, date = stream(plan.seed, Subject.DAMAGE, day), plan.file_number(day), invented.window.date_of(day)
    for feed, exported in feeds.items():
        table, duplicates = dirt.with_exact_duplicates(rng, exported.table, invented.shop.exact_duplicate)
        copies = int(rng.poisson(invented.shop.broken_row * len(table)))
        path = folder / f"{feed}-{date}.{ending(feed)}"
        if feed in LARGE_FEEDS:
            table, reasons = dirt.broken_rows(rng, feed, table, number, copies)
            lines: list[str] = []
            write_parquet(path, table)
        else:
            lines, reasons = dirt.broken_lines(rng, feed, table, number, copies)
            write_csv(path, table, lines)
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
