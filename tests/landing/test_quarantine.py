"""Each reason for which a row is kept out, with its row number, its column and its original values."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import Source
from tests.landing.shop import ORDERS, quarantined, raw_rows, write_csv

GOOD: dict[str, dict[str, str]] = {
    "orders": ORDERS[0],
    "customers": {"account_id": "a", "birth_date": "1990-01-31", "gender": "f", "registered_at": "2024-01-05"},
    "order_items": {"order_item_id": "1", "order_id": "1", "quantity": "2", "unit_price": "3.25"},
}

CASES = [
    ("orders", {"order_id": "  "}, "missing_required", "order_id", "  "),
    ("orders", {"ordered_at": "yesterday"}, "not_a_instant", "ordered_at", "yesterday"),
    ("orders", {"status": "lost"}, "not_an_accepted_value", "status", "lost"),
    ("orders", {"status": "PAID"}, "not_an_accepted_value", "status", "PAID"),
    ("orders", {"total": "12.5O"}, "not_a_money", "total", "12.5O"),
    ("customers", {"birth_date": "1990-02-30"}, "not_a_date", "birth_date", "1990-02-30"),
    ("customers", {"gender": "x"}, "not_an_accepted_value", "gender", "x"),
    ("order_items", {"quantity": "1.5"}, "not_a_integer", "quantity", "1.5"),
    ("order_items", {"unit_price": "free"}, "not_a_price", "unit_price", "free"),
]


@pytest.mark.parametrize(("feed", "change", "reason", "column", "value"), CASES)
def test_a_row_with_a_bad_value_is_kept_out_and_says_why(
    sample: Source, data: Path, lake: Path, feed: str, change: dict[str, str], reason: str, column: str, value: str
) -> None:
    good = GOOD[feed]
    write_csv(data / f"{feed}.csv", [good, good | change])
    [part] = ingest_feed(sample, data, feed, lake)
    assert (part.rows_loaded, part.rows_quarantined) == (1, 1)
    columns = "source_name, feed, file_name, file_hash, row_number, reason, column_name, offending_value"
    [(*found, original, detail)] = quarantined(lake, f"{columns}, original_values, detail")
    assert found == ["sample", feed, f"{feed}.csv", part.file_hash, 2, reason, column, value]
    assert json.loads(original) == good | change
    assert column in detail


def test_an_unreadable_row_keeps_its_line_and_its_number(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS).open("a").write('3,"never closed,2024-01-05,paid,1\n4,,2024-01-05,paid,1\n')
    [part] = ingest_feed(sample, data, "orders", lake)
    assert (part.rows_read, part.rows_loaded) == (4, 3)
    [(number, reason, original, column)] = quarantined(lake, "row_number, reason, original_values, column_name")
    assert (number, reason, column) == (3, "unreadable_row", None)
    assert original == '3,"never closed,2024-01-05,paid,1'
    assert [row for row in raw_rows(lake, "orders", "order_id, row_number") if row[0] == "4"] == [("4", 4)]


def test_the_source_itself_may_set_rows_aside(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    select = "select *, case when order_id like 'test%' then 'a test order' end as set_aside_reason from orders"
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0] | {"order_id": "test1", "status": "nonsense"}])
    [part] = ingest_feed(make_source({"orders": select}), data, "orders", lake)
    assert (part.rows_read, part.rows_loaded, part.rows_quarantined) == (3, 2, 1)
    [(number, reason, detail, original)] = quarantined(lake, "row_number, reason, detail, original_values", "own")
    assert (number, reason, detail) == (3, "set_aside", "a test order")
    assert json.loads(original)["order_id"] == "test1"


def test_a_row_with_several_faults_is_kept_out_once(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [{"order_id": "", "ordered_at": "x", "status": "y", "total": "z"}])
    [part] = ingest_feed(sample, data, "orders", lake)
    assert (part.rows_read, part.rows_quarantined) == (1, 1)
    assert quarantined(lake, "reason, column_name") == [("missing_required", "order_id")]


def test_bad_rows_that_are_alike_are_all_kept(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [ORDERS[0] | {"total": "?"}] * 3)
    [part] = ingest_feed(sample, data, "orders", lake)
    assert (part.rows_quarantined, part.duplicates_dropped) == (3, 0)
    assert quarantined(lake, "row_number") == [(1,), (2,), (3,)]


def test_bytes_that_are_no_text_are_shown_escaped(sample: Source, data: Path, lake: Path) -> None:
    text = "order_id,ordered_at,status,device\n1,2024-01-05,paid,小程序\n2,2024-01-05,paid,手机\n"
    (data / "orders.csv").write_bytes(text.encode() + b"3,2024-01-05,paid,\xff\n")
    ingest_feed(sample, data, "orders", lake)
    [(number, reason, original)] = quarantined(lake, "row_number, reason, original_values")
    assert (number, reason) == (3, "unreadable_row")
    assert original.endswith("\\udcff")
