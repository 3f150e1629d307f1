"""A file that changes while it is read: the rows in the lake are those of its hash, or the run says what to do."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.landing import ingest, watching
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import Source
from pipelines.problems import BadInput
from tests.landing.shop import ORDERS, raw_rows, snapshot, write_csv

OTHERS = [ORDERS[0] | {"order_id": "8"}, ORDERS[0] | {"order_id": "9"}]
REAL_READER = ingest.read_landed_file


@pytest.fixture
def change(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """A function that makes something happen to the files between their hashing and each of the next readings."""
    monkeypatch.setattr(watching, "PAUSE_SECONDS", 0)

    def arrange(*happenings: Callable[[], object]) -> None:
        left = list(happenings)

        def read(*arguments: object) -> object:
            if left:
                left.pop(0)()
            return REAL_READER(*arguments)

        monkeypatch.setattr(ingest, "read_landed_file", read)

    return arrange


def test_rows_are_those_of_the_hash_and_the_first_content_is_news_when_it_lands_again(
    sample: Source, data: Path, lake: Path, change: Callable[..., None]
) -> None:
    file = write_csv(data / "orders.csv", ORDERS)
    first_content = file.read_bytes()
    change(lambda: write_csv(file, OTHERS))
    [part] = ingest_feed(sample, data, "orders", lake)
    assert raw_rows(lake, "orders", "order_id, file_hash") == [("8", part.file_hash), ("9", part.file_hash)]
    file.write_bytes(first_content)
    [again] = ingest_feed(sample, data, "orders", lake)
    assert again.is_new
    assert [order_id for (order_id,) in raw_rows(lake, "orders", "order_id")] == ["1", "2", "8", "9"]


def test_a_change_of_the_same_size_with_its_old_time_stamp_is_noticed(
    sample: Source, data: Path, lake: Path, change: Callable[..., None]
) -> None:
    file = write_csv(data / "orders.csv", ORDERS)
    was = file.stat()

    def swap() -> None:
        file.write_bytes(file.read_bytes().replace(b"12.50", b"99.50"))
        os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))

    change(swap)
    ingest_feed(sample, data, "orders", lake)
    assert [float(total) for (total,) in raw_rows(lake, "orders", "total")] == [8.0, 99.5]


def test_a_file_that_is_half_written_and_then_whole_is_taken_whole(
    sample: Source, data: Path, lake: Path, change: Callable[..., None]
) -> None:
    whole = write_csv(data / "orders.csv", ORDERS).read_bytes()
    (data / "orders.csv").write_bytes(whole[:30])  # its header is not even complete
    change(lambda: (data / "orders.csv").write_bytes(whole))
    [part] = ingest_feed(sample, data, "orders", lake)
    assert (part.rows_read, part.rows_loaded) == (2, 2)


def test_a_look_up_that_changes_is_read_again_too(
    make_source: Callable[..., Source], data: Path, lake: Path, change: Callable[..., None]
) -> None:
    source = make_source(
        {"orders": "select orders.*, devices.device from orders left join devices on orders.order_id = devices.id"},
        files={"customers": "customers*", "orders": "orders*", "devices": "devices*"},
        feeds={"orders": {"reads": ["orders", "devices"]}},
    )
    write_csv(data / "orders.csv", ORDERS[:1])
    look_up = write_csv(data / "devices.csv", [{"id": "1", "device": "app"}])
    change(lambda: None, lambda: write_csv(look_up, [{"id": "1", "device": "desktop"}]))
    [part] = ingest_feed(source, data, "orders", lake)
    assert raw_rows(lake, "orders", "device", "own") == [("desktop",)]
    [known] = ingest_feed(source, data, "orders", lake)
    assert (known.is_new, known.part) == (False, part.part)


def test_a_file_that_never_holds_still_is_refused_in_one_line(
    sample: Source, data: Path, lake: Path, change: Callable[..., None]
) -> None:
    file = write_csv(data / "orders.csv", ORDERS)

    def grow() -> None:
        with file.open("a") as stream:
            stream.write("3,c,2024-01-07 10:00:00,paid,1\n")

    change(grow, grow, grow)
    with pytest.raises(
        BadInput, match=r"orders\.csv .*changes while it is read: run again when it is complete"
    ) as told:
        ingest_feed(sample, data, "orders", lake)
    assert "\n" not in str(told.value)
    assert snapshot(lake) == {}


def test_a_file_that_goes_away_is_refused_in_one_line(
    sample: Source, data: Path, lake: Path, change: Callable[..., None]
) -> None:
    file = write_csv(data / "orders.csv", ORDERS)
    change(file.unlink)
    with pytest.raises(BadInput, match=r"orders\.csv went away while it was read"):
        ingest_feed(sample, data, "orders", lake)


def test_an_error_of_a_file_that_holds_still_is_its_own(sample: Source, data: Path, lake: Path) -> None:
    (data / "orders.csv.gz").write_bytes(b"\x1f\x8b no gzip at all")
    with pytest.raises(BadInput, match="is damaged or was cut off"):
        ingest_feed(sample, data, "orders", lake)
