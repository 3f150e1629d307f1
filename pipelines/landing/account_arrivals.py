"""SQL for the night that first took each account, or guest's contacts. Who is one customer is not decided here."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.arrivals import Arrival
from pipelines.landing.contracts import Contract, load_contracts
from pipelines.landing.lake import files_and_landings
from pipelines.landing.nights import BusinessDay
from pipelines.landing.sql import identifier, literal, typed_union

if TYPE_CHECKING:
    import duckdb

FEEDS = ("customers", "orders")  # a guest is known by the contacts of an order
NAMED_BY = ("source_name", "account_id", "guest_email_normalized", "guest_phone_normalized")
TABLE = "raw.account_arrivals"


def create_account_arrivals(
    connection: "duckdb.DuckDBPyConnection", lake: Path, source_names: list[str], as_of: BusinessDay
) -> None:
    """Makes raw.account_arrivals: one row per account, or contacts of a guest, that any landed version names.

    Columns are those of NAMED_BY and known_on, the business day of the first night that took a file with it, whatever
    the file says of its own age: no night before can have shown the account. Of a past day that is built again, what
    came later counts as if it had come on the day. BadInput when a part is damaged.
    """
    told = []
    for feed in FEEDS:
        files, landings = files_and_landings(lake, load_contracts()[feed], source_names, as_of)
        if landings:
            known = f"(values {_values(landings, as_of)}) as arrivals(source_name, file_hash, known_on)"
            rows = f"select {_named(load_contracts()[feed])}, file_hash from ({_rows(files, feed)})"
            told.append(f"select * from ({rows}) inner join {known} using (source_name, file_hash)")
    empty = ", ".join(f"cast(null as varchar) as {name}" for name in NAMED_BY)
    every = " union all by name ".join(told) or f"select {empty}, cast(null as date) as known_on where false"
    named = ", ".join(NAMED_BY)
    connection.execute("create schema if not exists raw")
    connection.execute(
        f"create or replace table {TABLE} as select {named}, min(known_on) as known_on from ({every}) group by {named}"
    )


def _rows(files: list[Path], feed: str) -> str:
    return typed_union(files, load_contracts()[feed].lake_columns)


def _named(feed: Contract) -> str:
    """SQL of the columns of NAMED_BY: contacts are a guest's alone, and of feeds without guests there are none."""
    of_guest = "case when account_id is null then {} end"
    return ", ".join(
        f"{of_guest.format(identifier(name)) if name.startswith('guest') else identifier(name)} as {name}"
        if name in feed.lake_columns
        else f"cast(null as varchar) as {name}"
        for name in NAMED_BY
    )


def _values(landings: list[Arrival], as_of: BusinessDay) -> str:
    """One row per file: the first of its landings, where it landed more than once."""
    first: dict[tuple[str, str], str] = {}
    for landing in landings:
        key, day = (landing.source_name, landing.file_hash), str(min(landing.landed_for, as_of.day))
        first[key] = min(first.get(key, day), day)
    return ", ".join(
        f"({literal(source_name)}, {literal(file_hash)}, cast({literal(day)} as date))"
        for (source_name, file_hash), day in first.items()
    )
