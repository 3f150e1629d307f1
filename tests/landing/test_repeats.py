"""What is known of repeated keys changes how long a query takes and never what it finds."""

import tempfile
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.lake import count_later_rows, create_raw_view, create_superseded_table
from pipelines.landing.nights import BusinessDay, record_night
from pipelines.landing.repeats import covers, repeats_path
from pipelines.landing.sources import Source, load_source
from tests.landing.shop import ORDERS, write_csv

CONTRACT = load_contracts()["orders"]
ROWS = st.builds(
    lambda key, total, day: ORDERS[0] | {"order_id": key, "total": total, "updated_at": day and f"2026-05-{day} 09:00"},
    st.sampled_from("123456"),
    st.sampled_from("12"),
    st.sampled_from(["", "08", "11", "14"]),
)
FILES = st.dictionaries(st.sampled_from(["", "_a", "_b"]), st.lists(ROWS, min_size=1, max_size=4))


def found(lake: Path, day: int) -> list[list[tuple]]:
    """Everything that the views as of a day of May 2026 say."""
    as_of = BusinessDay(date(2026, 5, day), "Asia/Shanghai")
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, CONTRACT, ["sample"], as_of, is_kept=True)
        create_superseded_table(connection, lake, CONTRACT, ["sample"], as_of)
        count_later_rows(connection, lake, CONTRACT, ["sample"], as_of)
        tables = ("raw.orders", "superseded.orders", "ops.later_versions")
        return [connection.execute(f"from {table} order by all").fetchall() for table in tables]


@settings(max_examples=10, deadline=None)
@given(st.lists(FILES, max_size=5))
def test_the_views_say_the_same_whether_repeated_keys_are_known_or_not(nights: list[dict[str, list[dict]]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        data, lake = Path(home) / "data", Path(home) / "lake"
        for day, files in enumerate(nights, start=10):
            for name, rows in files.items():
                write_csv(data / f"orders{name}.csv", rows)
            if data.exists():
                ingest_feed(load_source("sample"), data, "orders", lake)
            record_night(lake, date(2026, 5, day))
        known = [found(lake, day) for day in (8, 11, 13, 30)]
        repeats_path(lake / "orders" / "sample").unlink(missing_ok=True)
        assert known == [found(lake, day) for day in (8, 11, 13, 30)]


def plan(lake: Path) -> str:
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, CONTRACT, ["sample"], is_kept=True)
        return connection.execute("explain select * from raw.orders").fetchall()[0][1]


def test_files_that_share_no_key_are_read_from_the_lake_alone(sample: Source, data: Path, lake: Path) -> None:
    for number, row in enumerate(ORDERS):
        write_csv(data / f"orders_{number}.csv", [row])
        ingest_feed(sample, data, "orders", lake)
    assert "versions.orders" not in plan(lake)
    write_csv(data / "orders_2.csv", [ORDERS[0] | {"total": "7"}])
    ingest_feed(sample, data, "orders", lake)
    assert "versions.orders" in plan(lake)


def repeated(lake: Path) -> list[tuple]:
    return duckdb.execute(
        "select order_id from read_parquet(?)", [str(repeats_path(lake / "orders/sample"))]
    ).fetchall()


def test_each_night_adds_what_its_files_repeat(sample: Source, data: Path, lake: Path) -> None:
    for rows, expected in ((ORDERS, ""), (ORDERS[:1], "1"), (ORDERS[1:], "12")):
        write_csv(data / "orders.csv", [row | {"discount": str(len(expected))} for row in rows])
        ingest_feed(sample, data, "orders", lake)
        if expected:
            assert sorted(repeated(lake)) == [(key,) for key in expected]
    before = {path: path.stat().st_mtime_ns for path in lake.rglob("*.parquet")}
    ingest_feed(sample, data, "orders", lake)
    assert {path: path.stat().st_mtime_ns for path in lake.rglob("*.parquet")} == before


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"PAR1 is not Parquet PAR1"])
def test_a_lake_whose_repeated_keys_nobody_knows_is_read_with_a_window_and_they_are_found_again(
    sample: Source, data: Path, lake: Path, damage: bytes
) -> None:
    for number in range(2):
        write_csv(data / f"orders_{number}.csv", [row | {"total": str(number)} for row in ORDERS])
        ingest_feed(sample, data, "orders", lake)
    known = found(lake, 30)
    folder = lake / "orders" / "sample"
    repeats_path(folder).write_bytes(damage)
    assert found(lake, 30) == known
    ingest_feed(sample, data, "orders", lake)
    with duckdb.connect() as connection:
        assert len(covers(connection, folder, CONTRACT)) == 2
    assert found(lake, 30) == known


def test_a_part_that_was_taken_by_another_recipe_is_compared_anew(sample: Source, data: Path, lake: Path) -> None:
    write_csv(data / "orders_0.csv", ORDERS)
    write_csv(data / "orders_1.csv", [ORDERS[0] | {"order_id": "3"}])
    ingest_feed(sample, data, "orders", lake)
    ingest_feed(sample.model_copy(update={"time_zone": "UTC"}), data, "orders", lake)
    with duckdb.connect() as connection:
        names = {file.stem for file in (lake / "orders" / "sample").glob("*.json")}
        assert covers(connection, lake / "orders" / "sample", CONTRACT) == names
    assert "versions.orders" not in plan(lake)
