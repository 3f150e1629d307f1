"""A file that lies still is not hashed again, and one that does not is."""

import os
from pathlib import Path
from typing import Never

import pytest

from pipelines.landing import watching
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.remembered import remembered_files
from pipelines.landing.sources import Source
from tests.landing.shop import ORDERS, raw_rows, write_csv

FOLDER = Path("orders/sample")


@pytest.fixture
def every_file_lies_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "STILL_NANOSECONDS", -(10**12))


def refuse(*_arguments: object) -> Never:
    raise AssertionError("a file is hashed")


@pytest.mark.usefixtures("every_file_lies_still")
def test_a_file_that_lies_still_is_hashed_once(
    sample: Source, data: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    [first] = ingest_feed(sample, data, "orders", lake)
    monkeypatch.setattr(watching.hashlib, "file_digest", refuse)
    [again] = ingest_feed(sample, data, "orders", lake)
    assert (again.part, again.is_new) == (first.part, False)


def test_a_file_that_has_just_been_written_is_hashed_again(
    sample: Source, data: Path, lake: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_csv(data / "orders.csv", ORDERS)
    ingest_feed(sample, data, "orders", lake)
    monkeypatch.setattr(watching.hashlib, "file_digest", refuse)
    with pytest.raises(AssertionError, match="is hashed"):
        ingest_feed(sample, data, "orders", lake)


@pytest.mark.usefixtures("every_file_lies_still")
def test_other_content_of_the_same_size_and_time_is_news(sample: Source, data: Path, lake: Path) -> None:
    file = write_csv(data / "orders.csv", ORDERS)
    ingest_feed(sample, data, "orders", lake)
    was = file.stat()
    file.write_bytes(file.read_bytes().replace(b"12.50", b"99.50"))
    os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
    assert ingest_feed(sample, data, "orders", lake)[0].is_new
    assert [float(total) for (total,) in raw_rows(lake, "orders", "total")] == [8.0, 99.5]


@pytest.mark.usefixtures("every_file_lies_still")
def test_files_that_went_away_are_forgotten(sample: Source, data: Path, lake: Path) -> None:
    file = write_csv(data / "orders.csv", ORDERS)
    ingest_feed(sample, data, "orders", lake)
    assert set(remembered_files(lake / FOLDER)) == {"orders.csv"}
    file.rename(data / "orders_1.csv")
    ingest_feed(sample, data, "orders", lake)
    assert set(remembered_files(lake / FOLDER)) == {"orders_1.csv"}


@pytest.mark.usefixtures("every_file_lies_still")
@pytest.mark.parametrize("damage", [b"", b"[1]", b'{"orders.csv": 1}', b'{"orders.csv": ["0", [1]]}'])
def test_what_is_remembered_may_be_lost(sample: Source, data: Path, lake: Path, damage: bytes) -> None:
    write_csv(data / "orders.csv", ORDERS)
    ingest_feed(sample, data, "orders", lake)
    kept = remembered_files(lake / FOLDER)
    (lake / FOLDER / "hashes.json").write_bytes(damage)
    assert not ingest_feed(sample, data, "orders", lake)[0].is_new
    assert remembered_files(lake / FOLDER) == kept
