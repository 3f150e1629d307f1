"""Damages the feeds of a batch as planned, writes them where a pipeline finds them, and keeps the tally of both."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.sample import dirt, truth_tables
from pipelines.sample.batch import Batch
from pipelines.sample.files import TruthTables, write_csv, write_events
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.truth import Tally

# What an earlier export of the row did not know yet.
UNKNOWN_BEFORE: dict[str, tuple[str, dict[str, str | None]]] = {
    "customers": ("registered_at", {"province": None, "city": None, "address": None, "postal_code": None}),
    "orders": ("ordered_at", {"paid_at": None, "shipped_at": None, "delivered_at": None, "status": "pending"}),
}


def deliver_products(rng: np.random.Generator, folder: Path, invented: InventedShop, tally: Tally) -> None:
    """Writes products.csv."""
    _deliver_csv(rng, folder / "products.csv", "products", invented.catalogue.table, 0, invented.shop, tally)


def deliver_batch(
    rng: np.random.Generator, batch: Batch, folder: Path, truth: TruthTables, invented: InventedShop, tally: Tally
) -> None:
    """Writes the four files of the batch and its rows of the truth."""
    feeds = {"customers": batch.registrations, "orders": batch.sales.orders, "order_items": batch.sales.items}
    for feed, table in feeds.items():
        path = folder / f"{feed}-{batch.number:04d}.csv"
        _deliver_csv(rng, path, feed, table, batch.number, invented.shop, tally)
    _deliver_events(rng, folder / f"events-{batch.number:04d}.parquet", batch, invented.shop, tally)
    orders = truth_tables.order_owners(batch.population.people, batch.sales, invented.window.end_seconds)
    persons = truth_tables.persons(batch.population, orders, invented)
    truth.append("persons", persons)
    truth.append("customers", truth_tables.identities(batch.population, orders, persons))
    truth.append("orders", orders)
    tally.count(batch.population, orders)


def _deliver_csv(
    rng: np.random.Generator, path: Path, feed: str, table: pa.Table, number: int, shop: Parameters, tally: Tally
) -> None:
    older = duplicates = 0
    if feed in UNKNOWN_BEFORE:
        table, older = dirt.with_older_versions(rng, table, *UNKNOWN_BEFORE[feed], shop.older_version)
    if feed != "products":
        table, duplicates = dirt.with_exact_duplicates(rng, table, shop.exact_duplicate)
    broken, reasons = dirt.broken_lines(rng, feed, table, number, shop)
    write_csv(path, table, broken)
    tally.add_file(feed, len(table) + len(broken), duplicates, older, reasons)


def _deliver_events(rng: np.random.Generator, path: Path, batch: Batch, shop: Parameters, tally: Tally) -> None:
    table, duplicates = dirt.with_exact_duplicates(rng, batch.events, shop.exact_duplicate)
    table, reasons = dirt.broken_events(rng, table, batch.number, shop)
    write_events(path, table)
    tally.add_file("events", len(table), duplicates, 0, reasons)
