"""Damages the feeds of a batch as planned, writes them where a pipeline finds them, and keeps the tally of both."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.sample import dirt, truth_tables
from pipelines.sample.batch import Batch
from pipelines.sample.files import TruthTables, write_csv, write_events
from pipelines.sample.invented_shop import InventedShop
from pipelines.sample.parameters import Parameters
from pipelines.sample.people import CHAIN, SINGLE
from pipelines.sample.purchases import CANCELLED, PENDING
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
    persons = truth_tables.persons(batch.population, batch.sales, invented)
    truth.append("persons", persons)
    truth.append("customers", truth_tables.identities(batch.population, batch.sales, persons))
    truth.append("orders", truth_tables.order_owners(batch.population.people, batch.sales))
    _count(batch, tally)


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


def _count(batch: Batch, tally: Tally) -> None:
    people, accounts, sales = batch.population.people, batch.population.accounts, batch.sales
    kind, is_guest = sales.placed.kind, sales.account < 0
    counts = {
        "persons": len(people.number),
        "persons_who_bought": batch.population.lives.has_bought.sum(),
        "persons_alive_at_end": batch.population.lives.is_alive.sum(),
        "persons_guest_only": people.is_guest_only.sum(),
        "persons_with_several_accounts": (people.accounts != SINGLE).sum(),
        "persons_with_three_accounts": (people.accounts == CHAIN).sum(),
        "accounts": len(accounts.person),
        "accounts_with_bad_email": people.has_bad_email.sum(),
        "accounts_with_blocked_contact": people.has_blocked_contact.sum(),
        "accounts_with_shared_phone": people.has_station_phone.sum(),
        "orders": len(kind),
        "orders_paid": sales.is_paid.sum(),
        "orders_cancelled": (kind == CANCELLED).sum(),
        "orders_pending": (kind == PENDING).sum(),
        "orders_returned": sales.is_returned.sum(),
        "orders_partly_refunded": ((sales.refunded > 0) & ~sales.is_returned).sum(),
        "orders_of_guests": is_guest.sum(),
        "orders_with_coupon": (sales.amounts.discount > 0).sum(),
    }
    tally.counts.update({name: int(count) for name, count in counts.items()})
    tally.paid_cents += int(sales.amounts.total[sales.is_paid].sum())
    tally.refunded_cents += int(sales.refunded.sum())
