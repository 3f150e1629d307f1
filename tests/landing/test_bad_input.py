"""Input that cannot be used is refused in one line that says what is wrong, where, and how to mend it."""

import traceback
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


def test_a_data_folder_that_may_not_be_read(
    sample: Source, data: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    monkeypatch.setattr("os.access", lambda path, mode: path != data)  # a mode of 000 does not stop root
    assert f"the data folder {data} may not be read" in refusal(sample, data, lake)


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


CAST = "select * replace (cast(account_id as integer) as account_id) from orders"
LATE = (
    "select * replace (case when row_number > 70 then error(account_id) else account_id end as account_id) from orders"
)
FILTER = "select * from orders where cast(account_id as integer) > 0"


@pytest.mark.parametrize(
    ("select", "words"),
    [
        (CAST, "orders.csv, row 61, column account_id: a value is not what the select casts it to"),
        (LATE, "orders.csv, row 71, column account_id: a value cannot be worked with"),
        (FILTER, "orders.csv, row 61, column order_id: a value is not what the select casts it to"),
    ],
)
def test_a_select_that_fails_on_a_value_tells_its_place_and_never_the_value(
    make_source: Callable[..., Source], data: Path, lake: Path, select: str, words: str
) -> None:
    rows = [ORDERS[0] | {"order_id": str(number), "account_id": str(number)} for number in range(1, 101)]
    for number in (60, 70, 80):
        rows[number]["account_id"] = "ann@example.com"
    write_csv(data / "orders.csv", rows)
    with pytest.raises(BadInput) as refused:
        ingest_feed(make_source({"orders": select}), data, "orders", lake)
    message = str(refused.value)
    assert message.startswith(words)
    assert "own_source/orders.sql" in message
    assert "try_cast" in message
    assert "\n" not in message
    assert "@" not in "".join(traceback.format_exception(refused.value))
    assert refused.value.__suppress_context__  # what is chained ends in logs


def test_a_select_that_fails_on_a_look_up_tells_the_column(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    source = make_source(
        {"orders": "select * replace ((select max(cast(id as integer)) from devices) as device) from orders"},
        files={"customers": "customers*", "orders": "orders*", "devices": "devices*"},
        feeds={"orders": {"reads": ["orders", "devices"]}},
    )
    write_csv(data / "orders.csv", [row | {"device": "x"} for row in ORDERS])
    write_csv(data / "devices.csv", [{"id": "ann@example.com"}])
    message = refusal(source, data, lake)
    assert message.startswith("orders.csv, column device: a value is not what the select casts it to")
    assert "@" not in message


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
