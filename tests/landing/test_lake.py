"""The views over the lake: one row per key, the newest; without parts they are empty and keep their columns."""

import datetime
import json
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.contracts import QUARANTINE_COLUMNS, load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.lake import MANIFEST_COLUMNS, create_ops_tables, create_raw_view
from pipelines.landing.nights import record_night
from pipelines.landing.parts import Manifest
from pipelines.landing.sources import Source
from tests.landing.shop import ORDERS, raw_rows, write_csv

KEPT_IN_THE_LAKE = {
    "unread",
    "landed_before",
    "erased_ids",
    "file_names_erased",
}  # of a manifest; no column of ops.ingested_files


def order(total: str, updated_at: str, order_id: str = "1") -> dict[str, str]:
    return ORDERS[0] | {"order_id": order_id, "total": total, "updated_at": updated_at}


def totals(lake: Path) -> list[tuple]:
    return [(key, float(total)) for key, total in raw_rows(lake, "orders", "order_id, total")]


def take(sample: Source, data: Path, lake: Path, name: str, *rows: dict[str, str]) -> None:
    """One night on which orders_<name>.csv lands."""
    write_csv(data / f"orders_{name}.csv", list(rows))
    ingest_feed(sample, data, "orders", lake)
    record_night(lake, datetime.date(2024, 3, 1))


def test_the_newest_version_wins_even_if_it_landed_first(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "a", order("2", "2024-02-02"), order("5", "2024-01-01", "2"))
    take(sample, data, lake, "b", order("1", "2024-02-01"))
    assert totals(lake) == [("1", 2.0), ("2", 5.0)]


def test_a_row_without_version_loses_to_one_with(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "a", order("2", "2024-02-02"))
    take(sample, data, lake, "b", order("1", ""))
    assert totals(lake) == [("1", 2.0)]


def test_of_equal_versions_the_one_that_landed_last_wins(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "b", order("1", "2024-02-01"))
    take(sample, data, lake, "a", order("2", "2024-02-01"))
    assert totals(lake) == [("1", 2.0)]


def test_a_file_that_returns_to_its_earlier_content_has_landed_again(sample: Source, data: Path, lake: Path) -> None:
    for total, expected in (("10", 10.0), ("7", 7.0), ("10", 10.0), ("10", 10.0)):
        take(sample, data, lake, "a", order(total, ""))
        assert totals(lake) == [("1", expected)]


def test_a_new_recipe_does_not_bring_corrected_rows_back(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "a", order("10", ""))
    take(sample, data, lake, "a-corrected", order("7", ""))
    assert totals(lake) == [("1", 7.0)]
    ingest_feed(sample.model_copy(update={"encoding": "utf-8"}), data, "orders", lake)
    assert totals(lake) == [("1", 7.0)]


def test_in_one_file_the_lower_row_wins(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "a", order("1", "2024-02-01"), order("2", "2024-02-01"))
    assert totals(lake) == [("1", 2.0)]


def test_the_same_key_in_two_sources_is_two_rows(sample: Source, data: Path, lake: Path) -> None:
    other = sample.model_copy(update={"name": "twin"})
    write_csv(data / "orders.csv", ORDERS)
    for source in (sample, other):
        ingest_feed(source, data, "orders", lake)
    assert raw_rows(lake, "orders", "source_name, order_id", "sample", "twin") == [
        ("sample", "1"),
        ("sample", "2"),
        ("twin", "1"),
        ("twin", "2"),
    ]
    assert len(raw_rows(lake, "orders", "order_id", "twin")) == 2


def test_one_part_without_repeated_keys_is_read_from_the_lake_alone(sample: Source, data: Path, lake: Path) -> None:
    def plan() -> str:
        with duckdb.connect() as connection:
            create_raw_view(connection, lake, load_contracts()["orders"], ["sample"], is_kept=True)
            return connection.execute("explain select * from raw.orders").fetchall()[0][1]

    take(sample, data, lake, "a", *ORDERS)
    assert "versions.orders" not in plan()
    take(sample, data, lake, "b", ORDERS[0])
    assert "versions.orders" in plan()


def test_what_was_kept_of_versions_goes_with_their_files(sample: Source, data: Path, lake: Path) -> None:
    contract = load_contracts()["orders"]
    take(sample, data, lake, "a", *ORDERS)
    take(sample, data, lake, "b", ORDERS[0])
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, contract, ["sample"], is_kept=True)
        assert connection.execute("select count(*) from versions.orders").fetchall() == [(1,)]
        for path in lake.rglob("*.*"):
            path.unlink()
        create_raw_view(connection, lake, contract, ["sample"], is_kept=True)
        assert connection.execute("select count(*) from raw.orders").fetchall() == [(0,)]
        assert connection.execute("select count(*) from duckdb_tables() where schema_name = 'versions'").fetchall() == [
            (0,)
        ]


@pytest.mark.parametrize("feed", sorted(load_contracts()))
def test_a_feed_without_parts_is_an_empty_view_with_the_right_types(feed: str, lake: Path) -> None:
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, load_contracts()[feed], ["sample", "thelook"])
        described = connection.execute(f"describe raw.{feed}").fetchall()
        assert connection.execute(f"select count(*) from raw.{feed}").fetchall() == [(0,)]
    found = {name: kind.lower().replace(",", ", ") for name, kind, *_ in described}
    assert found == load_contracts()[feed].lake_columns


def test_a_filled_view_has_the_same_types_as_an_empty_one(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "a", *ORDERS)
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, load_contracts()["orders"], ["sample"])
        filled = connection.execute("describe raw.orders").fetchall()
        create_raw_view(connection, lake, load_contracts()["orders"], ["nobody"])
        assert connection.execute("describe raw.orders").fetchall() == filled


def test_a_part_taken_before_a_column_was_agreed_upon_is_empty_in_it(sample: Source, data: Path, lake: Path) -> None:
    take(sample, data, lake, "a", *ORDERS)
    contract = load_contracts()["orders"]
    later = contract.columns[-1].model_copy(update={"name": "gift_note", "type": "string"})
    wider = contract.model_copy(update={"columns": (*contract.columns, later)})
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, wider, ["sample"])
        assert connection.execute("select order_id, gift_note from raw.orders order by 1").fetchall() == [
            ("1", None),
            ("2", None),
        ]


def test_the_ops_tables_have_their_columns_when_nothing_happened(lake: Path) -> None:
    with duckdb.connect() as connection:
        create_ops_tables(connection, lake, ["sample"])
        for view, columns in (("ingested_files", MANIFEST_COLUMNS), ("quarantined_rows", QUARANTINE_COLUMNS)):
            described = connection.execute(f"describe ops.{view}").fetchall()
            assert {name: kind.lower() for name, kind, *_ in described} == columns
            assert connection.execute(f"select * from ops.{view}").fetchall() == []


def test_what_was_read_other_than_written_is_told_and_older_manifests_tell_nothing(
    sample: Source, data: Path, lake: Path
) -> None:
    text = "order_id,status,ordered_at,note,note\n1,paid,2024-01-05 10:00:00,x,y\n"
    (data / "orders.csv").write_text(text)
    write_csv(data / "customers.csv", [{"account_id": "a"}])
    parts = [part for feed in ("orders", "customers") for part in ingest_feed(sample, data, feed, lake)]
    old = lake / "customers" / "sample" / f"{parts[1].part}.json"
    manifest = json.loads(old.read_text())
    del manifest["remarks"]
    old.write_text(json.dumps(manifest))
    with duckdb.connect() as connection:
        create_ops_tables(connection, lake, ["sample"])
        told = connection.execute("select feed, remarks from ops.ingested_files order by feed").fetchall()
    remark = "the name 'note' stands in the header again: column 5 is read as 'note_2'"
    assert told == [("customers", ""), ("orders", remark)]
    assert parts[0].remarks == (remark,)
    assert not ingest_feed(sample, data, "customers", lake)[0].is_new


def test_the_ops_tables_tell_of_every_file_of_the_chosen_sources(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0] | {"status": "?"}])
    write_csv(data / "customers.csv", [{"account_id": "a"}])
    parts = [part for feed in ("orders", "customers") for part in ingest_feed(sample, data, feed, lake)]
    with duckdb.connect() as connection:
        create_ops_tables(connection, lake, ["sample"])
        files = connection.execute("select * from ops.ingested_files order by feed desc").fetchall()
        rows = connection.execute("select feed, reason from ops.quarantined_rows").fetchall()
        create_ops_tables(connection, lake, ["thelook"])
        assert connection.execute("select count(*) from ops.ingested_files").fetchall() == [(0,)]
    assert list(MANIFEST_COLUMNS) == [name for name in Manifest.model_fields if name not in KEPT_IN_THE_LAKE]
    for found, part in zip(files, parts, strict=True):
        expected = part.model_dump(exclude={"is_new", *KEPT_IN_THE_LAKE})
        for name in ("newest_row_at", "ingested_at"):
            instant = expected[name]
            expected[name] = instant and datetime.datetime.fromisoformat(instant).replace(tzinfo=None)
        assert found == tuple((expected | {"remarks": ""}).values())
    assert rows == [("orders", "not_an_accepted_value")]
