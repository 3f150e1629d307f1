"""The landing files of invented shops, whole or cut into what landed by a day. What a night makes of them: elsewhere.

A shop is cut as one that exports what changed each day: an order lands on the day of its last change, its lines with
it, an event on its own day, products on the first. A record that is no line of CSV is lost in the cut.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines.sample.defaults import UNTIL
from pipelines.sample.generator import generate

DAYS = 730
SEED = 42
FIRST_DAY = UNTIL - timedelta(days=DAYS - 1)
CUT_FEEDS = ("customers", "orders", "order_items", "events")


@dataclass(frozen=True)
class Cut:
    """Which part of a shop lands: all up to a day, in one file a feed or in one a day."""

    until: date
    is_daily: bool = False


def make_shop(folder: Path, customers: int) -> Path:
    """The folder of a shop of so many customers; a shop that lies there already is used again."""
    shop = folder / f"shop-{customers}"
    if not shop.exists():
        generate(shop, customers, DAYS, SEED)
    return shop


def described(shop: Path) -> dict[str, Any]:
    """What its files hold, broken and repeated rows included."""
    files = [file for file in shop.iterdir() if file.is_file()]
    truth = json.loads((shop / "truth" / "truth.json").read_text(encoding="utf-8"))
    return {
        "customers": truth["customers"],
        "days": truth["days"],
        "rows": truth["rows"],
        "files": len(files),
        "bytes": sum(file.stat().st_size for file in files),
    }


def land(shop: Path, landing: Path, cut: Cut) -> None:
    """Write into `landing` what the shop has exported by the evening of `cut.until`."""
    landing.mkdir(parents=True)
    with duckdb.connect() as connection:
        _see(connection, shop)
        for feed in CUT_FEEDS:
            if cut.is_daily:
                _write_days(connection, feed, landing, cut.until)
            else:
                _write(connection, feed, f"landed_on <= date '{cut.until}'", landing / _file_name(feed, "first"))
    (landing / "products.csv").write_bytes((shop / "products.csv").read_bytes())


def land_day(shop: Path, landing: Path, day: date) -> None:
    """Add the files of one more day."""
    with duckdb.connect() as connection:
        _see(connection, shop)
        for feed in CUT_FEEDS:
            _write(connection, feed, f"landed_on = date '{day}'", landing / _file_name(feed, day.isoformat()))


def _see(connection: duckdb.DuckDBPyConnection, shop: Path) -> None:
    """Make each feed a table with the day on which each row lands."""
    for feed in ("customers", "orders", "order_items"):
        connection.execute(
            f"create view text_of_{feed} as select * from read_csv('{shop}/{feed}-*.csv', all_varchar = true,"
            " header = true, ignore_errors = true)"
        )
    for feed in ("customers", "orders"):
        connection.execute(f"create table {feed} as select *, {_day('updated_at')} as landed_on from text_of_{feed}")
    connection.execute(
        "create table order_items as select text_of_order_items.*,"
        f" coalesce(first_landed_on, date '{FIRST_DAY}') as landed_on from text_of_order_items left join"
        " (select order_id, min(landed_on) as first_landed_on from orders group by order_id) using (order_id)"
    )
    connection.execute(
        f"create view events as select *, {_day('occurred_at')} as landed_on"
        f" from read_parquet('{shop}/events-*.parquet')"
    )


def _day(instant: str) -> str:
    day = f"cast(try_cast({instant} as timestamp) as date)"
    return f"greatest(least(coalesce({day}, date '{FIRST_DAY}'), date '{UNTIL}'), date '{FIRST_DAY}')"


def _file_name(feed: str, part: str) -> str:
    return f"{feed}-{part}.{'parquet' if feed == 'events' else 'csv'}"


def _form(feed: str) -> str:
    return "(format parquet, compression zstd)" if feed == "events" else "(format csv, header)"


def _write(connection: duckdb.DuckDBPyConnection, feed: str, condition: str, file: Path) -> None:
    connection.execute(f"copy (select * exclude (landed_on) from {feed} where {condition}) to '{file}' {_form(feed)}")


def _write_days(connection: duckdb.DuckDBPyConnection, feed: str, landing: Path, until: date) -> None:
    """All days at once: DuckDB writes a folder a day, whose only file is then named like any other night's."""
    parts = landing / f".{feed}"
    form = _form(feed).replace(")", ", partition_by (landed_on))")
    connection.execute(f"copy (select * from {feed} where landed_on <= date '{until}') to '{parts}' {form}")
    for folder in sorted(parts.iterdir()):
        written = sorted(folder.iterdir())
        for number, file in enumerate(written, start=1):
            part = folder.name.removeprefix("landed_on=") + (f"-{number}" if len(written) > 1 else "")
            file.rename(landing / _file_name(feed, part))
        folder.rmdir()
    parts.rmdir()
