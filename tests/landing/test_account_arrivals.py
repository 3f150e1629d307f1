"""An account is known from the first night that took a file with it, whatever later files and dates say."""

from datetime import date
from pathlib import Path

import duckdb

from pipelines.landing.account_arrivals import create_account_arrivals
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.nights import BusinessDay, record_night
from pipelines.landing.sources import Source
from tests.landing.shop import ORDERS, write_csv

DAY = BusinessDay(date(2024, 1, 9), "Asia/Shanghai")


def arrivals(lake: Path) -> list[tuple]:
    with duckdb.connect() as connection:
        create_account_arrivals(connection, lake, ["sample"], DAY)
        return connection.execute("from raw.account_arrivals order by known_on, account_id, 3, 4").fetchall()


def test_an_account_is_known_from_the_first_night_that_took_it(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders_2024-01-01.csv", ORDERS)
    ingest_feed(sample, data, "orders", lake)
    record_night(lake, date(2024, 1, 7))
    write_csv(data / "customers_2023-12-31.csv", [{"account_id": "a", "phone": "10300138001"}, {"account_id": "c"}])
    guest = {**ORDERS[0], "order_id": "3", "account_id": "", "guest_email": "G@example.com"}
    write_csv(data / "orders_2024-01-08.csv", [guest, {**guest, "order_id": "4"}])
    for feed in ("customers", "orders"):
        ingest_feed(sample, data, feed, lake)
    record_night(lake, date(2024, 1, 8))
    assert arrivals(lake) == [
        ("sample", "a", None, None, date(2024, 1, 7)),
        ("sample", "b", None, None, date(2024, 1, 7)),
        ("sample", "c", None, None, date(2024, 1, 8)),
        ("sample", None, "g@example.com", None, date(2024, 1, 8)),
    ]


def test_a_date_to_come_in_a_file_delays_nobody(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [*ORDERS, {**ORDERS[0], "order_id": "9", "ordered_at": "2031-01-01 10:00:00"}])
    ingest_feed(sample, data, "orders", lake)
    record_night(lake, date(2024, 1, 7))
    assert {known_on for *_, known_on in arrivals(lake)} == {date(2024, 1, 7)}


def test_without_a_file_there_is_nobody(lake: Path) -> None:
    assert arrivals(lake) == []
