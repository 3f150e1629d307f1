"""When a landed file became known, and which of two files is the newer one."""

from datetime import date

import pytest

from pipelines.landing.arrivals import arrivals, date_in_name, natural_order
from pipelines.landing.nights import BusinessDay, Nights, RecordedNight
from pipelines.landing.parts import Manifest

TODAY = date(2026, 11, 25)
NIGHTS = Nights(
    [
        RecordedNight(date(2026, 5, 1), "2026-05-01T18:00:00.000000+00:00"),
        RecordedNight(date(2026, 5, 2), "2026-05-02T18:00:00.000000+00:00"),
        RecordedNight(date(2026, 5, 1), "2026-05-03T18:00:00.000000+00:00"),
    ]
)


def part(name: str, day: int, newest: str | None = None, before: tuple[str, ...] = ()) -> Manifest:
    """A part that landed at noon UTC of a day in May 2026, hours before that day's night."""
    return Manifest(
        source_name="sample",
        feed="orders",
        file_name=name,
        file_hash=f"{name} {day}",
        recipe_hash="r",
        part=f"{name} {day}",
        file_rows=1,
        rows_read=1,
        rows_loaded=1,
        rows_quarantined=0,
        duplicates_dropped=0,
        repeated_keys=0,
        newest_row_at=newest,
        landed_before=before,
        ingested_at=f"2026-05-{day:02d}T12:00:00.000000+00:00",
    )


def known(*parts: Manifest, as_of: date = date(2026, 5, 9)) -> list[tuple[str, date]]:
    """The files in the order they landed, each with the day it was known on."""
    return [
        (arrival.file_hash, arrival.known_on)
        for arrival in arrivals(list(parts), NIGHTS, BusinessDay(as_of, "Asia/Shanghai"))
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders_2026-05-31.csv", date(2026, 5, 31)),
        ("orders-20260531.csv.gz", date(2026, 5, 31)),
        ("orders_202605311200.csv", date(2026, 5, 31)),
        ("orders20260531120059.csv", date(2026, 5, 31)),
        ("orders_2026_5_31.csv", date(2026, 5, 31)),
        ("orders 2026.05.31.xlsx", date(2026, 5, 31)),
        ("订单2026年5月31日.csv", date(2026, 5, 31)),
        ("2026-05-31/orders.csv", date(2026, 5, 31)),
        ("orders_2026-05-01_2026-05-31.csv", date(2026, 5, 31)),
        ("orders_2026-05-31T12-00.csv", date(2026, 5, 31)),
        ("orders_2026-02-30.csv", None),
        ("orders_20261301.csv", None),
        ("orders_20270101.csv", None),
        ("orders_19891231.csv", None),
        ("orders_1780000000.csv", None),
        ("orders_202605319900.csv", None),
        ("orders_12026-05-31.csv", None),
        ("orders_2026-05_31.csv", None),
        ("orders-9.csv", None),
    ],
)
def test_a_date_in_the_name_is_found(name: str, expected: date | None) -> None:
    assert date_in_name(name, TODAY) == expected


def test_names_are_ordered_as_people_count() -> None:
    ordered = [
        "orders.csv",
        "orders-9.csv",
        "Orders-10.csv.gz",
        "orders-10b.csv",
        "orders-100.csv",
        "orders-corrected.csv",
        "orders_2.csv",
    ]
    assert sorted(set(ordered), key=natural_order) == ordered
    assert natural_order("a1.csv") == natural_order("A1.CSV.gz")


def test_files_of_different_nights_go_by_night_and_are_known_on_their_days() -> None:
    assert known(part("a", 2), part("b", 1)) == [("b 1", date(2026, 5, 1)), ("a 2", date(2026, 5, 2))]


def test_what_lands_while_a_past_day_is_built_again_is_not_known_on_that_day() -> None:
    assert known(part("a", 3)) == [("a 3", date(2026, 5, 2))]


def test_what_no_recorded_night_took_is_known_on_the_night_under_way() -> None:
    assert known(part("a", 4)) == [("a 4", date(2026, 5, 9))]
    assert known(part("a", 4), as_of=date(2026, 4, 1)) == [("a 4", date(2026, 5, 2))]


def test_a_file_with_a_date_in_its_name_is_known_from_that_date() -> None:
    assert known(part("orders_2026-04-20.csv", 2)) == [("orders_2026-04-20.csv 2", date(2026, 4, 20))]
    assert known(part("orders_2026-05-02.csv", 1)) == [("orders_2026-05-02.csv 1", date(2026, 5, 1))]


def test_other_content_under_a_dated_name_is_a_correction_of_the_night_it_came() -> None:
    name = "orders_2026-04-20.csv"
    assert known(part(name, 1), part(name, 2)) == [
        (f"{name} 1", date(2026, 4, 20)),
        (f"{name} 2", date(2026, 5, 2)),
    ]


def test_nobody_knew_a_file_before_its_newest_row_had_happened() -> None:
    assert known(part("a", 1, "2026-05-03T15:59:59.000000+00:00")) == [("a 1", date(2026, 5, 3))]
    assert known(part("a", 1, "2026-05-03T16:00:00.000000+00:00")) == [("a 1", date(2026, 5, 4))]


def test_an_export_may_run_some_hours_into_the_next_day() -> None:
    assert known(part("a", 1, "2026-05-01T18:30:00.000000+00:00")) == [("a 1", date(2026, 5, 1))]


def test_files_that_landed_together_go_by_their_own_dates_and_then_as_people_count() -> None:
    names = ["orders_2026-04-02.csv", "orders_2026-04-19.csv", "orders.csv", "orders-9.csv", "orders-10.csv"]
    assert [file_hash for file_hash, _ in known(*(part(name, 1) for name in sorted(names)))] == [
        f"{name} 1" for name in names
    ]


def test_a_file_that_came_back_has_landed_each_time() -> None:
    again = part("a", 2, before=("2026-05-01T12:00:00.000000+00:00",))
    assert known(again) == [("a 2", date(2026, 5, 1)), ("a 2", date(2026, 5, 2))]
