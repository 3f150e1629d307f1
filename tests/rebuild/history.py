"""An invented shop that lands its files night by night, with corrections and latecomers, and what was known when.

The rows come from the sample generator; which file they land in, and what is changed later, is decided here.
"""

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.nights import record_night
from pipelines.landing.sources import load_source
from pipelines.sample.generator import generate

LAST_DAY = date(2026, 6, 30)
NIGHTS = [LAST_DAY - timedelta(days=9 * number) for number in reversed(range(20))]
FEEDS = [feed for feed in load_contracts() if feed != "erasure_requests"]  # nobody asks for that
CSV = "all_varchar = true, ignore_errors = true, null_padding = true, header = true"

Row = dict[str, str | None]


@dataclass
class History:
    """The lake after the last night, and the day on which the file with each hash was known, by feed and hash."""

    lake: Path
    known_on: dict[tuple[str, str], date] = field(default_factory=dict)


def live_through(folder: Path, seed: int) -> History:
    """Lands and ingests all NIGHTS in `folder`; takes some ten seconds."""
    *_, (history, _night) = live(folder, seed, customers=500)
    return history


def live(folder: Path, seed: int, customers: int, nights: Sequence[date] = NIGHTS) -> Iterator[tuple[History, date]]:
    """Lands and ingests night after night in `folder`, and lets the caller look at each."""
    sample, landing = folder / "sample", folder / "landing"
    generate(sample, customers=customers, days=800, seed=seed, until=LAST_DAY)
    landing.mkdir()
    history, source = History(folder / "lake"), load_source("sample")
    batches = {feed: _batches(nights, _versions(feed, sample, random.Random(seed))) for feed in FEEDS}
    for number, night in enumerate(nights):
        for feed in FEEDS:
            for name, known_on, rows in _files(nights, feed, number, batches[feed]):
                _write(landing / name, feed, rows)
                history.known_on[feed, hashlib.sha256((landing / name).read_bytes()).hexdigest()] = known_on
            ingest_feed(source, landing, feed, history.lake)
        record_night(history.lake, night)
        yield history, night


def _files(
    nights: Sequence[date], feed: str, number: int, batches: list[pd.DataFrame]
) -> Iterator[tuple[str, date, pd.DataFrame]]:
    """Name, day from which it is known and rows of what lands: dated or numbered files, or one that is overwritten."""
    night, rows = nights[number], batches[number]
    if feed == "orders":  # every fourth file comes a night late, under its own date
        if number % 4 == 2:
            yield f"orders_{nights[number - 1]}.csv", nights[number - 1], batches[number - 1]
        if number % 4 != 1:
            yield f"orders_{night}.csv", night, rows
    elif feed == "order_items":
        yield f"order_items-{number}.csv", night, rows
    elif load_contracts()[feed].is_log:
        yield f"{feed}{night:%Y%m%d}.csv", night, rows
    elif len(rows):
        yield f"{feed}.csv", night, rows


def _write(path: Path, feed: str, rows: pd.DataFrame) -> None:
    columns = [name for name in load_contracts()[feed].column_names if name in rows.columns]
    rows[columns].to_csv(path, index=False)


def _batches(nights: Sequence[date], versions: pd.DataFrame) -> list[pd.DataFrame]:
    """The versions that land on each night."""
    ends = [str(night) for night in nights]
    starts = ["", *ends[:-1]]
    return [
        versions[(versions["lands_on"] > start) & (versions["lands_on"] <= end)]
        for start, end in zip(starts, ends, strict=True)
    ]


def _versions(feed: str, sample: Path, rng: random.Random) -> pd.DataFrame:
    """Every version of every row, with the day it lands on."""
    key = ", ".join(load_contracts()[feed].key)
    query = f"select distinct on ({key}) columns(*)::varchar from ({_read(sample, feed)}) order by all"
    if feed == "order_items":
        placed = f"select order_id, min(ordered_at) as ordered_at from ({_read(sample, 'orders')}) group by order_id"
        query = f"select * from ({query}) join ({placed}) using (order_id) order by all"
    rows = duckdb.sql(query).df().astype(object)
    rows = rows.where(rows.notna(), None)
    history = HISTORIES.get(feed) or partial(_once, load_contracts()[feed].happened_at)
    made = [version for row in rows.to_dict("records") for version in history(row, rng)]
    return pd.DataFrame(made).drop_duplicates()


def _read(sample: Path, feed: str) -> str:
    """The rows that are whole: what is broken is quarantined and has no versions."""
    moment = load_contracts()[feed].happened_at
    whole = f"try_cast({moment} as timestamp) is not null" if moment else "true"
    files = f"'{sample}/{feed}[-.]*'"
    read = f"read_parquet({files})" if load_contracts()[feed].is_log else f"read_csv({files}, {CSV})"
    return f"select * from {read} where {whole}"


def _order(row: Row, rng: random.Random) -> list[Row]:
    """Paid at first, then as it ended, perhaps corrected long after; a third never says when it was changed."""
    placed = row["ordered_at"]
    ended = max(row["updated_at"] or placed, placed)
    paid = {"status": "paid", "shipped_at": None, "delivered_at": None, "updated_at": placed}
    first = row | paid | {"lands_on": _late(placed[:10], rng)}
    found = [first, row | {"updated_at": ended, "lands_on": max(ended[:10], first["lands_on"])}]
    if rng.random() < 0.2:
        day = _later(found[-1]["lands_on"], rng.randint(1, 150))
        change = {"status": "returned"} if rng.random() < 0.5 else {"total": "1.00", "discount": "0.50"}
        found.append(row | change | {"updated_at": f"{day} 12:00:00", "lands_on": day})
    return [version | {"updated_at": None} for version in found] if rng.random() < 0.33 else found


def _order_item(row: Row, rng: random.Random) -> list[Row]:
    found = [row | {"lands_on": _late(row["ordered_at"][:10], rng)}]
    if rng.random() < 0.1:
        day = _later(found[0]["lands_on"], rng.randint(1, 150))
        found.append(row | {"refunded_quantity": row["quantity"], "lands_on": day})
    return found


def _customer(row: Row, rng: random.Random) -> list[Row]:
    registered = row["registered_at"] or f"{NIGHTS[0]} 00:00:00"
    found = [row | {"updated_at": row["registered_at"], "lands_on": _late(registered[:10], rng)}]
    if rng.random() < 0.3:
        day = _later(found[0]["lands_on"], rng.randint(1, 400))
        moved = {"province": "Yunnan", "email": f"{row['account_id']}@example.com", "lands_on": day}
        found.append(row | moved | {"updated_at": f"{day} 09:30:00" if rng.random() < 0.5 else None})
    return found


def _product(row: Row, rng: random.Random) -> list[Row]:
    found = [row | {"lands_on": str(NIGHTS[0])}]
    if rng.random() < 0.2:
        day = _later(str(NIGHTS[0]), rng.randint(1, 170))
        found.append(row | {"list_price": "99.90", "category": "Renamed", "lands_on": day})
    return found


def _ticket(row: Row, rng: random.Random) -> list[Row]:
    """Open at first, then as it ended."""
    opened = row | {"first_response_at": None, "resolved_at": None, "csat": None, "updated_at": row["opened_at"]}
    return _then_as_it_ended(opened, row, row["opened_at"], rng)


def _feedback(row: Row, rng: random.Random) -> list[Row]:
    """Not answered at first, then as it ended."""
    given = row | {"answered_at": None, "updated_at": row["submitted_at"]}
    return _then_as_it_ended(given | ({"status": "to_improve"} if row["status"] else {}), row, row["submitted_at"], rng)


def _then_as_it_ended(first: Row, row: Row, happened: str, rng: random.Random) -> list[Row]:
    ended = max(row["updated_at"] or happened, happened)
    first = first | {"lands_on": _late(happened[:10], rng)}
    return [first, row | {"updated_at": ended, "lands_on": max(ended[:10], first["lands_on"])}]


def _once(moment: str, row: Row, rng: random.Random) -> list[Row]:
    return [row | {"lands_on": _late(row[moment][:10], rng)}]


HISTORIES: dict[str, Callable[[Row, random.Random], list[Row]]] = {
    "orders": _order,
    "order_items": _order_item,
    "customers": _customer,
    "products": _product,
    "tickets": _ticket,
    "feedback": _feedback,
}


def _late(day: str, rng: random.Random) -> str:
    """The day it happened, or for one in fifty up to forty days later."""
    return _later(day, rng.randint(1, 40)) if rng.random() < 0.02 else day


def _later(day: str, days: int) -> str:
    return str(date.fromisoformat(day) + timedelta(days=days))
