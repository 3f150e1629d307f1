"""Of each row the newest version known on the day counts; where all came later, the first to be known."""

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.lake import count_later_rows, create_raw_view, create_superseded_table
from pipelines.landing.nights import BusinessDay, record_night
from pipelines.landing.sources import Source
from tests.landing.shop import ORDERS, write_csv


def order(total: str, updated_at: str = "", order_id: str = "1") -> dict[str, str]:
    return ORDERS[0] | {"order_id": order_id, "total": total, "updated_at": updated_at}


@pytest.fixture
def night(sample: Source, data: Path, lake: Path):
    """A function that lands files of orders by name and records the night as of a day of May 2026."""

    def run(day: int, **files: list[dict[str, str]]) -> None:
        for name, rows in files.items():
            write_csv(data / f"orders{name}.csv", rows)
        ingest_feed(sample, data, "orders", lake)
        record_night(lake, date(2026, 5, day))

    return run


def totals(lake: Path, day: int) -> list[float]:
    """The totals of raw.orders as of a day of May 2026, by order number."""
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, load_contracts()["orders"], ["sample"], as_of(day))
        found = connection.execute("select total from raw.orders order by order_id").fetchall()
    return [float(total) for (total,) in found]


def later(lake: Path, day: int) -> int:
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, load_contracts()["orders"], ["sample"], as_of(day), is_kept=True)
        count = count_later_rows(connection, lake, load_contracts()["orders"], ["sample"], as_of(day))
        assert connection.execute("select later_rows from ops.later_versions where feed = 'orders'").fetchall() == [
            (count,)
        ]
    return count


def as_of(day: int) -> BusinessDay:
    return BusinessDay(date(2026, 5, day), "Asia/Shanghai")


def test_a_correction_of_a_later_day_does_not_change_a_past_one(night, lake: Path) -> None:
    night(10, _a=[order("12.50", "2026-05-10 09:00:00")])
    night(20, _b=[order("0", "2026-05-20 09:00:00")])
    assert [totals(lake, day) for day in (9, 10, 19, 20, 30)] == [[12.5], [12.5], [12.5], [0], [0]]


def test_without_a_version_column_the_night_it_landed_on_counts(night, lake: Path) -> None:
    night(10, _a=[order("12.50")])
    night(20, _b=[order("0")])
    assert [totals(lake, day) for day in (9, 10, 19, 20, 30)] == [[12.5], [12.5], [12.5], [0], [0]]


def test_a_day_ends_in_the_shops_zone(night, lake: Path) -> None:
    night(10, _a=[order("1", "2026-05-09 10:00:00"), order("2", "2026-05-09T16:00:00Z")])
    assert [totals(lake, day) for day in (9, 10)] == [[1], [2]]


def test_where_only_later_versions_exist_the_first_to_be_known_counts_in_its_newest_state(night, lake: Path) -> None:
    night(20, _a=[order("1", "2026-05-18 09:00:00"), order("2", "2026-05-18 10:00:00")])
    night(30, _b=[order("3", "2026-05-25 09:00:00")])
    assert [totals(lake, day) for day in (9, 18, 25)] == [[2], [2], [3]]


def test_rows_known_only_later_are_counted_unless_they_happened_later(night, lake: Path) -> None:
    early, late = order("1"), order("2", order_id="2") | {"ordered_at": "2026-05-18 10:00:00"}
    night(20, _a=[early, late])
    assert [later(lake, day) for day in (9, 17, 18, 19, 20)] == [1, 1, 2, 2, 0]
    night(21, _b=[order("3")])
    assert [later(lake, day) for day in (9, 20, 21)] == [1, 0, 0]
    assert [totals(lake, day) for day in (9, 20, 21)] == [[1, 2], [1, 2], [3, 2]]


def test_a_shop_of_one_file_needs_no_window_to_count_rows_known_only_later(night, lake: Path) -> None:
    night(20, _a=[order("1"), order("2", order_id="2")])
    assert [later(lake, day) for day in (19, 20)] == [2, 0]


def test_files_that_landed_together_are_numbered_as_people_count(night, lake: Path) -> None:
    night(20, **{"-9": [order("9")], "-10": [order("10")], "": [order("1")]})
    assert totals(lake, 20) == [10]


def test_a_corrected_file_that_landed_together_with_its_original_wins(night, lake: Path) -> None:
    night(20, **{"": [order("1")], "-corrected": [order("2")]})
    assert totals(lake, 20) == [2]


def test_a_shop_that_is_rebuilt_at_once_from_dated_files_is_that_of_night_by_night(
    night, sample: Source, data: Path, lake: Path, tmp_path: Path
) -> None:
    for day in (8, 9, 10, 11):
        night(day, **{f"_2026-05-{day}": [order(str(day)), order(str(day), order_id=f"of-{day}")]})
    rebuilt = tmp_path / "rebuilt"
    ingest_feed(sample, data, "orders", rebuilt)
    record_night(rebuilt, date(2026, 5, 11))
    for day in range(7, 12):
        assert totals(rebuilt, day) == totals(lake, day)


def test_content_that_came_back_is_known_from_each_time_on(night, lake: Path) -> None:
    for day, total in ((10, "1"), (12, "2"), (14, "1"), (15, "1"), (16, "2")):
        night(day, **{"": [order(total)]})
    assert [totals(lake, day) for day in (10, 11, 12, 13, 14, 15, 16)] == [[1], [1], [2], [2], [1], [1], [2]]


def test_a_copy_of_yesterdays_file_beside_todays_does_not_bring_yesterday_back(
    night, sample: Source, data: Path, lake: Path
) -> None:
    night(10, **{"": [order("1")]})
    (data / "orders_old.csv").write_bytes((data / "orders.csv").read_bytes())
    for day in (11, 12, 13):
        night(day, **{"": [order("2")]})
        assert totals(lake, day) == [2]


def test_what_has_just_landed_is_not_known_on_a_past_day_that_is_built_again(night, lake: Path) -> None:
    night(10, _a=[order("1")])
    night(20, _b=[order("2")])
    night(10, _c=[order("3")])
    assert [totals(lake, day) for day in (10, 19, 20)] == [[1], [1], [3]]
    night(21)
    assert [totals(lake, day) for day in (10, 19, 20, 21)] == [[1], [1], [3], [3]]


def test_a_row_without_a_version_gives_way_only_to_one_that_was_known(night, lake: Path) -> None:
    night(10, _a=[order("1")])
    night(20, _b=[order("2", "2026-05-20 09:00:00")])
    night(21, _c=[order("3")])
    assert [totals(lake, day) for day in (10, 19, 20, 21)] == [[1], [1], [2], [2]]


def superseded(lake: Path, day: int) -> list[tuple]:
    """What superseded.orders says as of a day of May 2026: order number, total, days from and until which it held."""
    with duckdb.connect() as connection:
        create_superseded_table(connection, lake, load_contracts()["orders"], ["sample"], as_of(day))
        found = connection.execute("from superseded.orders order by order_id, known_until").df()
    return [
        (row.order_id, float(row.total), *(None if pd.isna(d) else d.day for d in (row.known_from, row.known_until)))
        for row in found.itertuples()
    ]


def test_what_a_row_was_before_holds_until_the_day_before_the_next_version_was_known(night, lake: Path) -> None:
    night(10, _a=[order("1"), order("5", order_id="2")])
    night(20, _b=[order("2", "2026-05-15 09:00:00")])
    night(25, _c=[order("3"), order("4", "2026-05-25 08:00:00")])
    assert superseded(lake, 30) == [("1", 1, None, 14), ("1", 2, 15, 24)]
    assert superseded(lake, 20) == [("1", 1, None, 14)]
    assert superseded(lake, 14) == []


def test_a_state_that_says_what_the_row_says_now_is_not_told(night, lake: Path) -> None:
    for day, total in ((10, "1"), (12, "2"), (14, "1"), (16, "1"), (18, "2")):
        night(day, **{"": [order(total)]})
    assert superseded(lake, 30) == [("1", 1, None, 11), ("1", 1, 14, 17)]
    assert superseded(lake, 17) == [("1", 2, 12, 13)]


def test_of_one_days_versions_only_the_newest_was_ever_a_state(night, lake: Path) -> None:
    night(10, _a=[order("1", "2026-05-10 08:00:00"), order("2", "2026-05-10 09:00:00")])
    night(20, _b=[order("3", "2026-05-20 08:00:00"), order("4", "2026-05-20 07:00:00")])
    assert superseded(lake, 20) == [("1", 2, None, 19)]


def test_what_is_known_only_later_was_never_anything_else(night, lake: Path) -> None:
    night(20, _a=[order("1", "2026-05-18 09:00:00"), order("2", "2026-05-19 10:00:00")])
    assert superseded(lake, 10) == []


def test_states_and_the_view_of_a_past_day_agree(night, lake: Path) -> None:
    night(10, _a=[order("1"), order("5", order_id="2")])
    night(20, _b=[order("2", "2026-05-15 09:00:00"), order("6", order_id="2")])
    night(25, _c=[order("3"), order("4", "2026-05-25 08:00:00"), order("7", order_id="3")])
    states = superseded(lake, 30)
    for day in range(8, 31):
        past = {key: total for key, total, start, end in states if (start or 0) <= day <= end}
        now = dict(zip("123", totals(lake, 30), strict=True))
        assert list((now | past).values()) == totals(lake, day), day
