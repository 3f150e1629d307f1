"""Input that cannot be used is refused in one line that says what is wrong, where, and how to mend it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import Source
from pipelines.problems import BadInput
from tests.landing.shop import ORDERS, snapshot, write_csv


def refusal(source: Source, data: Path, lake: Path, feed: str = "orders") -> str:
    with pytest.raises(BadInput) as refused:
        ingest_feed(source, data, feed, lake)
    message = str(refused.value)
    assert "\n" not in message
    assert snapshot(lake) == {}
    return message


def test_a_data_folder_that_does_not_exist(sample: Source, tmp_path: Path, lake: Path) -> None:
    assert f"{tmp_path}/nowhere does not exist" in refusal(sample, tmp_path / "nowhere", lake)


def test_a_data_folder_that_is_empty(sample: Source, data: Path, lake: Path) -> None:
    assert f"{data} holds no files" in refusal(sample, data, lake)


def test_a_required_feed_without_a_file(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "customers.csv", [{"account_id": "a"}])
    message = refusal(sample, data, lake)
    assert f"no file in {data} matches 'orders*'" in message
    assert "feed orders of source sample" in message


def test_a_look_up_without_a_file(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    source = make_source(
        files={"customers": "customers*", "orders": "orders*", "devices": "devices*"},
        feeds={"orders": {"reads": ["orders", "devices"]}},
    )
    write_csv(data / "orders.csv", ORDERS)
    assert "matches 'devices*'" in refusal(source, data, lake)


def test_a_required_column_that_the_file_lacks(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [{"order_id": "1", "status": "paid"}])
    message = refusal(sample, data, lake)
    assert message.startswith("orders.csv: the required column 'ordered_at'")
    assert message.endswith("the file has order_id, status: export that column")


def test_a_column_that_the_select_needs(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    select = "select order_id, bought_on as ordered_at, status, row_number from orders"
    write_csv(data / "orders.csv", ORDERS)
    message = refusal(make_source({"orders": select}), data, lake)
    assert message.startswith("orders.csv lacks column 'bought_on', which /")
    assert "own_source/orders.sql needs; it has order_id, account_id, ordered_at, status, total: " in message


@pytest.mark.parametrize("reference", ["orders.bought_on", "shop.bought_on"])
def test_a_qualified_column_that_is_not_there(
    make_source: Callable[..., Source], data: Path, lake: Path, reference: str
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    select = f"select order_id, {reference} as ordered_at, status, row_number from orders"
    message = refusal(make_source({"orders": select}), data, lake)
    assert message.startswith("orders.csv")
    assert "own_source/orders.sql" in message


def test_a_column_that_the_contract_does_not_know(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [ORDERS[0] | {"colour": "red"}])
    assert "delivers 'colour', but feed orders knows only order_id, " in refusal(make_source(), data, lake)


def test_a_select_without_row_numbers(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    source = make_source({"orders": "select * exclude (row_number) from orders"})
    assert "does not deliver row_number" in refusal(source, data, lake)
    source = make_source({"orders": "select * replace (nullif(row_number, 2) as row_number) from orders"})
    assert "without row_number" in refusal(source, data, lake)


def test_a_select_that_loses_rows(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    message = refusal(make_source({"orders": "select * from orders where total > '9'"}), data, lake)
    assert "delivers 0 records for 2 rows, row 1 is lost" in message
    assert "set_aside_reason" in message


def test_a_select_that_swaps_one_row_for_another(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    select = "select * from orders where order_id = '1' union all select * from orders where order_id = '1'"
    assert "delivers 2 records for 2 rows, row 2 is lost" in refusal(make_source({"orders": select}), data, lake)


def test_a_select_that_repeats_rows(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    source = make_source({"orders": "select orders.* from orders cross join range(2)"})
    assert "4 records for 2 rows, some rows come more than once" in refusal(source, data, lake)


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("selec * from orders", "cannot be run: Parser Error"),
        ("select * from invoices", "cannot be run: Catalog Error"),
        ("select * from orders; drop table x", "exactly one select"),
        ("create table x as select 1", "exactly one select"),
    ],
)
def test_a_select_that_cannot_be_run(
    make_source: Callable[..., Source], data: Path, lake: Path, select: str, words: str
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    message = refusal(make_source({"orders": select}), data, lake)
    assert words in message
    assert "own_source/orders.sql" in message


def test_a_file_that_cannot_be_read(sample: Source, data: Path, lake: Path) -> None:
    (data / "orders.csv.gz").write_bytes(b"\x1f\x8bnot packed")
    assert refusal(sample, data, lake).startswith("orders.csv.gz is damaged")


def test_a_file_that_may_not_be_read(sample: Source, data: Path, lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*arguments: object) -> None:
        raise PermissionError

    write_csv(data / "orders.csv", ORDERS)
    monkeypatch.setattr("hashlib.file_digest", forbidden)  # a mode of 000 does not stop root, who may run the tests
    assert "orders.csv may not be read" in refusal(sample, data, lake)


def test_json_lines_without_a_single_object(sample: Source, data: Path, lake: Path) -> None:
    (data / "orders.json").write_text('[\n"a"\n]\n')
    assert refusal(sample, data, lake).startswith("orders.json holds no JSON object")


def test_a_bad_file_leaves_the_good_ones_in_the_lake(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders_1.csv", ORDERS)
    (data / "orders_2.csv").write_text("")
    with pytest.raises(BadInput, match=r"orders_2\.csv is empty"):
        ingest_feed(sample, data, "orders", lake)
    assert len(list((lake / "orders" / "sample").glob("*.json"))) == 1
    assert not list(lake.rglob(".work-*"))
