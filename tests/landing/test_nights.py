"""The record of the nights: each is on disk at once, half a line is none, and each file belongs to a night."""

from datetime import date
from pathlib import Path

from pipelines.landing import nights
from pipelines.landing.nights import BusinessDay, Nights, RecordedNight, nights_file, read_nights, record_night


def test_a_day_ends_where_the_shop_is() -> None:
    assert BusinessDay(date(2026, 5, 31), "Asia/Shanghai").ends_at.isoformat() == "2026-05-31T16:00:00"
    assert BusinessDay(date(2026, 3, 28), "Europe/Berlin").ends_at.isoformat() == "2026-03-28T23:00:00"
    assert BusinessDay(date(2026, 3, 29), "Europe/Berlin").ends_at.isoformat() == "2026-03-29T22:00:00"


def test_a_file_belongs_to_the_first_night_recorded_after_it_landed() -> None:
    record = Nights(
        [RecordedNight(date(2026, 5, 1), "2026-05-02T02"), RecordedNight(date(2026, 5, 2), "2026-05-03T02")]
    )
    landed = ["2026-05-02T01", "2026-05-02T02", "2026-05-02T03", "2026-05-09T00"]
    assert [record.number(at) for at in landed] == [0, 0, 1, 2]
    assert record.landed_for(1, date(2026, 5, 8)) == date(2026, 5, 2)
    assert record.landed_for(2, date(2026, 5, 8)) == date(2026, 5, 8)


def test_a_past_day_that_is_built_again_does_not_turn_the_clock_back(lake: Path) -> None:
    for day in (1, 9, 3):
        record_night(lake, date(2026, 5, day))
    record = read_nights(lake)
    assert [record.landed_for(number, date(2026, 5, 3)) for number in range(4)] == [
        date(2026, 5, day) for day in (1, 9, 9, 9)
    ]


def test_the_half_line_of_a_killed_run_is_no_night_and_spoils_none(lake: Path) -> None:
    record_night(lake, date(2026, 5, 1))
    with nights_file(lake).open("a") as stream:
        stream.write('{"as_of": "2026-05-')
    record_night(lake, date(2026, 5, 3))
    assert len(nights_file(lake).read_text().splitlines()) == 3
    assert read_nights(lake).landed_for(1, date(2026, 1, 1)) == date(2026, 5, 3)
    assert read_nights(lake).landed_for(2, date(2026, 1, 1)) == date(2026, 5, 3)


def test_a_clock_that_was_set_back_changes_no_order(lake: Path, monkeypatch) -> None:
    record_night(lake, date(2026, 5, 1))
    monkeypatch.setattr(nights, "_now", lambda: "2000-01-01T00:00:00.000000+00:00")
    record_night(lake, date(2026, 5, 2))
    instants = [night.at for night in nights._recorded(nights_file(lake))]
    assert instants == sorted(instants)
