"""Files become parts once, nothing is lost on the way, and a changed recipe replaces what it changes."""

import datetime
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import Source
from pipelines.landing.sql import open_connection
from tests.landing.shop import ORDERS, quarantined, raw_rows, snapshot, write_csv


def test_an_order_arrives_typed_in_utc_and_says_where_it_comes_from(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [part] = ingest_feed(sample, data, "orders", lake)
    columns = "order_id, ordered_at, status, currency, total, source_name, file_name, row_number, file_hash"
    assert raw_rows(lake, "orders", columns)[0] == (
        "1",
        datetime.datetime(2024, 1, 5, 2),
        "paid",
        "CNY",
        Decimal("12.50"),
        "sample",
        "orders.csv",
        1,
        part.file_hash,
    )
    assert part.part == f"{part.file_hash[:16]}-{part.recipe_hash[:8]}"
    assert (part.file_rows, part.rows_read, part.rows_loaded, part.is_new) == (2, 2, 2, True)


def test_the_lake_holds_only_finished_parts_under_feed_and_source(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0] | {"order_id": ""}])
    [part] = ingest_feed(sample, data, "orders", lake)
    assert set(snapshot(lake)) == {
        f"orders/sample/{part.part}{suffix}" for suffix in (".parquet", ".quarantine.parquet", ".json")
    }
    manifest = json.loads((lake / "orders" / "sample" / f"{part.part}.json").read_text())
    assert manifest == part.model_dump(mode="json", exclude={"is_new"})


def test_the_same_file_again_changes_not_one_byte(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0]])
    [first] = ingest_feed(sample, data, "orders", lake)
    before = snapshot(lake)
    [second] = ingest_feed(sample, data, "orders", lake)
    assert snapshot(lake) == before
    assert second == first.model_copy(update={"is_new": False})


def test_a_file_is_taken_anew_when_its_form_is_declared_otherwise(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    names = ["order_id", "ordered_at", "status"]
    (data / "orders.csv").write_text("1,2024-01-05 10:00:00,paid\n2,2024-01-06 11:30:00,shipped\n")
    files = {"customers": "customers*", "orders": {"pattern": "orders*", "header": names}}
    [part] = ingest_feed(make_source(files=files), data, "orders", lake)
    assert (part.file_rows, part.rows_loaded) == (2, 2)
    files["orders"] = {"pattern": "orders*", "header": [*names[:2], "note"]}
    select = "select * exclude (note), note as status from orders"
    [again] = ingest_feed(make_source({"orders": select}, files=files), data, "orders", lake)
    files["orders"] = {"pattern": "*.csv", "header": [*names[:2], "note"]}
    [same] = ingest_feed(make_source({"orders": select}, files=files), data, "orders", lake)
    assert (again.is_new, same.is_new) == (True, False)


def test_the_same_content_under_another_name_is_the_same_part(sample: Source, data: Path, lake: Path) -> None:
    shutil.copy(write_csv(data / "orders.csv", ORDERS), data / "orders_copy.csv")
    assert len(ingest_feed(sample, data, "orders", lake)) == 1
    assert len(raw_rows(lake, "orders", "order_id")) == 2


def test_rows_are_loaded_quarantined_or_dropped_and_never_lost(sample: Source, data: Path, lake: Path) -> None:
    corrected = ORDERS[1] | {"total": "9"}
    rows = [*ORDERS, ORDERS[0], corrected, ORDERS[0] | {"order_id": " "}, ORDERS[0] | {"total": "12.500"}]
    write_csv(data / "orders.csv", rows).open("a").write("7,too,short\n")
    [part] = ingest_feed(sample, data, "orders", lake)
    assert (part.rows_read, part.rows_loaded, part.rows_quarantined, part.duplicates_dropped) == (7, 3, 2, 2)
    assert part.repeated_keys == 1
    assert part.file_rows == 7


def test_of_exact_copies_the_first_stays(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [ORDERS[1], ORDERS[0], ORDERS[1], ORDERS[0]])
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id, row_number") == [("1", 2), ("2", 1)]


def test_parts_are_in_the_order_of_the_file(sample: Source, data: Path, lake: Path) -> None:
    rows = [ORDERS[0] | {"order_id": str(number * 7919 % 30_011)} for number in range(30_000)]
    write_csv(data / "orders.csv", rows)
    [part] = ingest_feed(sample, data, "orders", lake)
    stored = duckdb.sql(f"select row_number from '{lake}/orders/sample/{part.part}.parquet'").fetchall()
    assert [number for (number,) in stored] == list(range(1, 30_001))


def test_new_content_under_an_old_name_adds_a_part(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS[:1])
    ingest_feed(sample, data, "orders", lake)
    write_csv(data / "orders.csv", ORDERS[1:])
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id") == [("1",), ("2",)]
    (data / "orders.csv").unlink()
    write_csv(data / "orders_3.csv", [ORDERS[0] | {"order_id": "3"}])
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id") == [("1",), ("2",), ("3",)]


def test_a_new_recipe_replaces_the_part_of_the_same_file(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [old] = ingest_feed(make_source(), data, "orders", lake)
    moved = make_source(time_zone="America/New_York")
    [new] = ingest_feed(moved, data, "orders", lake)
    assert new.is_new
    assert new.file_hash == old.file_hash
    assert {path.split("/")[-1] for path in snapshot(lake)} == {f"{new.part}.json", f"{new.part}.parquet"}
    assert raw_rows(lake, "orders", "ordered_at", "own")[0] == (datetime.datetime(2024, 1, 5, 15),)


@pytest.mark.parametrize("change", [{"country": "AT"}, {"currency": "USD"}, {"encoding": "cp1252"}])
def test_every_setting_that_decides_values_is_part_of_the_recipe(
    make_source: Callable[..., Source], data: Path, lake: Path, change: dict[str, str]
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [old] = ingest_feed(make_source(), data, "orders", lake)
    [same] = ingest_feed(make_source(title={"en": "Renamed", "zh": "改名"}), data, "orders", lake)
    assert not same.is_new
    [new] = ingest_feed(make_source(**change), data, "orders", lake)
    assert new.is_new
    assert new.recipe_hash != old.recipe_hash


def test_a_changed_look_up_file_is_a_changed_recipe(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    source = make_source(
        {"orders": "select orders.*, devices.device from orders left join devices on orders.order_id = devices.id"},
        files={"customers": "customers*", "orders": "orders*", "devices": "devices*"},
        feeds={"orders": {"reads": ["orders", "devices"]}},
    )
    write_csv(data / "orders.csv", ORDERS)
    write_csv(data / "devices_1.csv", [{"id": "1", "device": "app"}])
    ingest_feed(source, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id, device", "own") == [("1", "app"), ("2", None)]
    write_csv(data / "devices_2.csv", [{"id": "2", "device": "desktop"}])
    ingest_feed(source, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id, device", "own") == [("1", "app"), ("2", "desktop")]


def test_a_derived_feed_may_group_rows(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    select = (
        "select order_id, min(ordered_at) as ordered_at, 'paid' as status, min(row_number) as row_number "
        "from orders group by order_id"
    )
    source = make_source({"orders": select}, feeds={"orders": {"reads": ["orders"], "is_derived": True}})
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0], ORDERS[0]]).open("a").write("short\n")
    [part] = ingest_feed(source, data, "orders", lake)
    assert (part.file_rows, part.rows_read, part.rows_loaded, part.rows_quarantined) == (5, 3, 2, 1)


def test_a_select_may_use_a_shared_one(make_source: Callable[..., Source], data: Path, lake: Path) -> None:
    make_source()
    (data.parent / "own_source" / "known_orders.sql").write_text("select * from orders;\n-- done")
    source = make_source(
        {"orders": "select * from known_orders"}, feeds={"orders": {"reads": ["orders"], "uses": ["known_orders"]}}
    )
    write_csv(data / "orders.csv", ORDERS)
    assert ingest_feed(source, data, "orders", lake)[0].rows_loaded == 2


def test_hidden_files_and_spreadsheet_locks_are_not_taken(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    source = make_source(files={"customers": "customers*", "orders": "*orders*"})
    write_csv(data / "orders.csv", ORDERS)
    (data / ".orders.csv.part").write_text("half")
    (data / "~$orders.xlsx").write_text("lock")
    assert len(ingest_feed(source, data, "orders", lake)) == 1


def test_an_optional_feed_without_files_gives_no_parts(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", ORDERS)
    assert ingest_feed(sample, data, "events", lake) == []
    assert raw_rows(lake, "events", "*") == []


def test_a_feed_that_the_source_does_not_name_gives_no_parts(
    make_source: Callable[..., Source], data: Path, lake: Path
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    assert ingest_feed(make_source(), data, "products", lake) == []


def test_a_file_with_a_header_only_is_an_empty_part(sample: Source, data: Path, lake: Path) -> None:
    (data / "orders.csv").write_text("order_id,ordered_at,status\n")
    [part] = ingest_feed(sample, data, "orders", lake)
    assert (part.file_rows, part.rows_read, part.rows_loaded) == (0, 0, 0)


def test_a_row_that_goes_missing_on_our_side_stops_the_run(
    sample: Source, data: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.landing.refining import steps

    monkeypatch.setattr(steps, "count_written", lambda file: (1, 0))
    write_csv(data / "orders.csv", ORDERS)
    with pytest.raises(RuntimeError, match="rows went missing"):
        ingest_feed(sample, data, "orders", lake)
    assert snapshot(lake) == {}


def test_folders_with_marks_of_patterns_and_quotes_work(sample: Source, tmp_path: Path) -> None:
    data, lake = tmp_path / "it's [new] *", tmp_path / "lake 'of' [all] ?"
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0] | {"order_id": ""}])
    ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id") == [("1",), ("2",)]
    assert quarantined(lake, "row_number") == [(3,)]


def test_the_connection_of_ingest_never_asks_the_network_for_an_extension(tmp_path: Path) -> None:
    with open_connection(tmp_path) as connection:
        settings = connection.execute("select current_setting('autoinstall_known_extensions')").fetchall()
    assert settings == [(False,)]
