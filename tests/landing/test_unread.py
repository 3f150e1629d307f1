"""What lies in the landing folder and was not read is listed, with what it is likely to be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.landing import ingest
from pipelines.landing.formats.table import UnreadSheet
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import Source
from pipelines.landing.unread.likeness import contained, likely
from pipelines.landing.unread.table import write_unread_inputs
from pipelines.problems import BadInput
from tests.landing.shop import ORDERS, raw_rows, write_csv

FOUND = "kind, file_name, input_name, likely_feed, likely_column, is_required"


def unread(source: Source, data: Path, lake: Path, columns: str = FOUND) -> list[tuple]:
    with duckdb.connect() as connection:
        write_unread_inputs(connection, lake, [(source, data)])
        return connection.execute(f"select {columns} from ops.unread_inputs order by all").fetchall()


def renamed(old: str, new: str) -> list[dict[str, str]]:
    return [{new if name == old else name: value for name, value in row.items()} for row in ORDERS]


@pytest.mark.parametrize("new", ["Total", "TOTAL", "Order_ID", "Account_ID"])
def test_headers_in_another_letter_case_are_read(sample: Source, data: Path, lake: Path, new: str) -> None:
    write_csv(data / "orders.csv", renamed(new.lower(), new))
    [part] = ingest_feed(sample, data, "orders", lake)
    rows = raw_rows(lake, "orders", "order_id, account_id, cast(total as double)")
    assert rows == [("1", "a", 12.5), ("2", "b", 8.0)]
    assert (part.columns_unread, unread(sample, data, lake)) == (0, [])


def test_a_column_that_is_likely_ours_is_told_and_others_are_counted(sample: Source, data: Path, lake: Path) -> None:
    rows = [row | {"gift": "no", "subtotal": "1", "shop floor": ""} for row in renamed("total", "totl")]
    write_csv(data / "orders.csv", rows)
    [part] = ingest_feed(sample, data, "orders", lake)
    assert part.columns_unread == 4
    assert unread(sample, data, lake) == [("column", "orders.csv", "totl", "orders", "total", False)]
    [(detail,)] = unread(sample, data, lake, "detail")
    assert detail == "looks like total, which came out empty: rename the column to total, or name it in the select"
    [again] = ingest_feed(sample, data, "orders", lake)  # the part is not read again, and still tells
    assert not again.is_new
    assert len(unread(sample, data, lake)) == 1


def test_a_column_that_is_only_compared_or_computed_with_is_read(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    select = (
        "select order_id, ordered_at, status, upper(devic) as device, row_number, "
        "case when totl = '0' then 'a test' end as set_aside_reason from (select * from orders where coupon_cod <> '')"
    )
    write_csv(data / "orders.csv", [row | {"devic": "app", "coupon_cod": "X"} for row in renamed("total", "totl")])
    [part] = ingest_feed(make_source({"orders": select}), data, "orders", lake)
    assert part.columns_unread == 1  # account_id, which the select leaves out
    assert [row[2] for row in unread(make_source({"orders": select}), data, lake)] == ["account_id"]


def test_a_missing_required_column_names_the_one_that_looks_like_it(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", renamed("order_id", "Order ID"))
    with pytest.raises(BadInput, match="of which 'Order ID' looks like it: export that column"):
        ingest_feed(sample, data, "orders", lake)


@pytest.mark.parametrize(
    ("name", "feed", "is_required"),
    [
        ("Orders2.csv", "orders", True),
        ("new_orders.csv", "orders", True),
        ("2026/orders.csv", "orders", True),
        ("orders/2026-01-31.csv.gz", "orders", True),
        ("Order.xls", "orders", True),
        ("all_order_items.csv", "order_items", False),
        ("Custmers.csv", "customers", True),
        ("my-events.jsonl", "events", False),
        ("readme.md", None, False),
        ("how orders are exported.pdf", None, False),
        ("shops.csv", None, False),
    ],
)
def test_a_file_that_no_pattern_matches_is_listed(
    sample: Source, data: Path, lake: Path, name: str, feed: str | None, is_required: bool
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    write_csv(data / name, [ORDERS[0] | {"order_id": "3"}])
    ingest_feed(sample, data, "orders", lake)
    assert unread(sample, data, lake) == [("file", name, name, feed, None, is_required)]
    [(detail,)] = unread(sample, data, lake, "detail")
    assert ("rename it to match" in detail) == (feed is not None)


def test_what_is_hidden_locked_ignored_or_was_read_under_another_name_is_not_listed(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    write_csv(data / "done" / "orders-of-yesterday.csv", ORDERS)  # moved there after it was read
    for name in (".new_orders.csv", ".cache/new_orders.csv", "~$new_orders.xlsx", "Thumbs.db", "truth/deep/orders.csv"):
        write_csv(data / name, [ORDERS[0] | {"order_id": name}])
    source = make_source(ignores=["truth/*"])
    ingest_feed(source, data, "orders", lake)
    assert unread(source, data, lake) == []


def test_the_missing_file_is_found_under_another_name(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "Orders2.csv", ORDERS)
    with pytest.raises(BadInput, match=r"which feed orders of source sample needs: Orders2\.csv looks like it: rename"):
        ingest_feed(sample, data, "orders", lake)


def test_sheets_that_were_not_read_are_listed_while_their_file_lies_there(
    sample: Source, data: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = tuple(ORDERS[0])
    sheets = (
        UnreadSheet("February", header, 9),
        UnreadSheet("Customers", ("who",), 1),
        UnreadSheet("Notes", ("a", "b"), 3),
    )
    real = ingest._read

    def read_with_sheets(*arguments: Any) -> Any:
        return replace(real(*arguments), unread_sheets=sheets)

    monkeypatch.setattr(ingest, "_read", read_with_sheets)
    write_csv(data / "orders.csv", ORDERS)
    ingest_feed(sample, data, "orders", lake)
    assert unread(sample, data, lake) == [
        ("sheet", "orders.csv", "Customers", "customers", None, True),
        ("sheet", "orders.csv", "February", "orders", None, True),
        ("sheet", "orders.csv", "Notes", None, None, False),
    ]
    (data / "orders.csv").rename(data / "orders-1.csv")
    assert unread(sample, data, lake) == []


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("totl", "total"),
        ("stauts", "status"),
        ("Order-Date", "ordered_at"),
        ("subtotal", None),
        ("order_total", None),
        ("state", None),
        ("discount code", None),
        ("created_at", None),
        ("orderedAt", "ordered_at"),
    ],
)
def test_names_are_alike_by_their_letters(name: str, column: str | None) -> None:
    columns = ["total", "status", "ordered_at", "updated_at", "discount", "shipping", "delivered_at", "device"]
    assert likely(name, columns) == column


def test_the_longest_word_within_a_name_counts() -> None:
    assert contained("old_order_items_2", ["orders", "order_items"]) == "order_items"
    assert contained("2026订单导出", ["订单"]) == "订单"
    assert contained("reports", ["orders"]) is None
