"""SQL for the day on which each account, or guest's contacts, became known. Who is one customer is not decided here."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.arrivals import Arrival
from pipelines.landing.contracts import load_contracts
from pipelines.landing.lake import files_and_landings
from pipelines.landing.nights import BusinessDay
from pipelines.landing.sql import identifier, literal, typed_union

if TYPE_CHECKING:
    import duckdb

FEEDS = ("customers", "orders")  # a guest is known by the contacts of an order
NAMED_BY = {
    "source_name": "varchar",
    "account_id": "varchar",
    "guest_email_normalized": "varchar",
    "guest_phone_normalized": "varchar",
}
TABLE = "raw.account_arrivals"


def create_account_arrivals(
    connection: "duckdb.DuckDBPyConnection", lake: Path, source_names: list[str], as_of: BusinessDay
) -> None:
    """Makes raw.account_arrivals: one row per account, or contacts of a guest, that any landed version names.

    Columns are those of NAMED_BY and known_on, the day on which the first file with it became known, seen from the
    business day. BadInput when a part is damaged.
    """
    named = []
    for feed in FEEDS:
        contract = load_contracts()[feed]
        files, landings = files_and_landings(lake, contract, source_names, as_of)
        if not landings:
            continue
        has = contract.lake_columns
        of_guest = {name: f"case when account_id is null then {identifier(name)} end" for name in NAMED_BY}
        told = ", ".join(
            f"{value if name.startswith('guest') else identifier(name)} as {identifier(name)}"
            if name in has
            else f"cast(null as {NAMED_BY[name]}) as {identifier(name)}"
            for name, value in of_guest.items()
        )
        known = f"(values {_values(landings)}) as arrivals(source_name, file_hash, known_on)"
        rows = typed_union(files, has)
        named.append(f"select {told}, known_on from ({rows}) inner join {known} using (source_name, file_hash)")
    empty = ", ".join(f"cast(null as {kind}) as {identifier(name)}" for name, kind in NAMED_BY.items())
    every = " union all ".join(named) or f"select {empty}, cast(null as date) as known_on where false"
    connection.execute("create schema if not exists raw")
    connection.execute(
        f"create or replace table {TABLE} as"
        f" select {', '.join(NAMED_BY)}, min(known_on) as known_on from ({every}) group by {', '.join(NAMED_BY)}"
    )


def _values(landings: list[Arrival]) -> str:
    """One row per file: the first of its landings, where it landed more than once."""
    first: dict[tuple[str, str], str] = {}
    for landing in landings:
        key = (landing.source_name, landing.file_hash)
        first[key] = min(first.get(key, str(landing.known_on)), str(landing.known_on))
    return ", ".join(
        f"({literal(source_name)}, {literal(file_hash)}, cast({literal(day)} as date))"
        for (source_name, file_hash), day in first.items()
    )
