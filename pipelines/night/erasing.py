"""Where a night meets erasures: before it takes files, after it took them. How a person is erased is told elsewhere."""

from collections.abc import Iterable

import duckdb

from pipelines.erasure.book import read_book, register_of
from pipelines.erasure.purge import Place
from pipelines.erasure.steps import REQUESTS, Ground, answer_requests, complete
from pipelines.folders import DataFolder
from pipelines.landing.erased.register import Register, is_erased
from pipelines.landing.ingest import ingest_feed
from pipelines.night.shop import Shop
from pipelines.settings.model import Settings

TABLE = "ops.erasures"
COLUMNS = {
    "erasure_id": "varchar",
    "request_hash": "varchar",
    "origin": "varchar",
    "outcome": "varchar",
    "requested_at": "timestamp",
    "erased_at": "timestamp",
    "verified_at": "timestamp",
    "table_name": "varchar",
    "row_count": "bigint",
}
NO_TABLE = "none"  # of a request that nothing could be done for


def ground_of(shop: Shop, settings: Settings) -> Ground:
    """Where erasures of this shop are done."""
    home = shop.folder.home.resolve()
    places = [
        Place(landed.source, landed.folder, landed.folder.resolve().is_relative_to(home)) for landed in shop.sources
    ]
    of_identity = settings.identity
    limits = {"email": of_identity.max_accounts_per_email, "phone": of_identity.max_accounts_per_phone}
    return Ground(shop.folder, places, limits, settings.ingestion_memory)


def erase_what_is_asked(ground: Ground) -> list[str]:
    """Goes on with what is unfinished, then does what landed requests ask for; returns notes on those it could not.

    Costs nothing where nobody ever asked.
    """
    complete(ground)
    notes = answer_requests(ground)
    complete(ground)
    return notes


def take_requests(shop: Shop, settings: Settings) -> list[str]:
    """Takes the files of requests before all others, and does what they ask while nothing is built yet."""
    ground = ground_of(shop, settings)
    complete(ground)
    for landed in shop.sources:
        ingest_feed(
            landed.source,
            landed.folder,
            REQUESTS,
            shop.folder.lake,
            settings.ingestion_memory,
            erased_in(shop.folder),
        )
    return erase_what_is_asked(ground)


def erased_in(folder: DataFolder) -> Register:
    """Whom no file may bring back."""
    return register_of(folder)


def forget_in_history(connection: duckdb.DuckDBPyConnection, folder: DataFolder, tables: Iterable[str]) -> None:
    """Takes erased customers out of what is kept from night to night, where an earlier published file had them."""
    register = register_of(folder)
    if not register.key:
        return
    register.open_on(connection)
    for table in tables:
        columns = [name for name, *_ in connection.execute(f"describe {table}").fetchall()]
        asked = [is_erased("customer", name, table) for name in columns if name.endswith("customer_id")]
        if asked:
            connection.execute(f"delete from {table} where {' or '.join(asked)}")


def write_erasures(connection: duckdb.DuckDBPyConnection, folder: DataFolder) -> None:
    """Makes ops.erasures, the proof as far as it is known: one row per erasure and table that lost rows."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute("create schema if not exists ops")
    connection.execute(f"create or replace table {TABLE} ({columns})")
    rows = [
        [
            one.erasure_id,
            one.request_hash,
            one.origin,
            one.outcome,
            *(
                instant and instant.removesuffix("+00:00")
                for instant in (one.requested_at, one.erased_at, one.verified_at)
            ),
            table,
            count,
        ]
        for one in read_book(folder).erasures
        for table, count in sorted((one.rows or {NO_TABLE: 0}).items())
    ]
    if rows:
        connection.executemany(f"insert into {TABLE} values ({', '.join('?' * len(COLUMNS))})", rows)
