"""A part of the lake that was damaged is taken again from its landed file, or named in one line; never passed over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.landing.ingest import IngestedFile, ingest_feed
from pipelines.landing.sources import Source
from pipelines.problems import BadInput
from tests.landing.shop import ORDERS, raw_rows, snapshot, write_csv

DAMAGES: dict[str, Callable[[Path], object]] = {
    ".json": lambda file: file.write_bytes(b""),
    ".json ": lambda file: file.write_bytes(file.read_bytes()[:100]),
    ".json  ": lambda file: file.write_bytes(b'{"part": 1}\n'),
    ".parquet": lambda file: file.write_bytes(b""),
    ".parquet ": lambda file: file.write_bytes(file.read_bytes()[:-20]),
    ".quarantine.parquet": lambda file: file.write_bytes(file.read_bytes()[:-20]),
}


@pytest.fixture(params=DAMAGES)
def damaged(request: pytest.FixtureRequest, sample: Source, data: Path, lake: Path) -> tuple[IngestedFile, Path]:
    """A part one of whose files was damaged, and that file."""
    write_csv(data / "orders.csv", [*ORDERS, ORDERS[0] | {"order_id": ""}])
    [part] = ingest_feed(sample, data, "orders", lake)
    file = lake / "orders" / "sample" / f"{part.part}{request.param.strip()}"
    DAMAGES[request.param](file)
    return part, file


def test_a_damaged_part_is_taken_again_from_its_file_and_it_is_told(
    damaged: tuple[IngestedFile, Path], sample: Source, data: Path, lake: Path
) -> None:
    part, file = damaged
    [again] = ingest_feed(sample, data, "orders", lake)
    assert again.is_new
    assert len(again.remarks) == 1
    assert f"({file.name}): taken again on " in again.remarks[0]
    assert again.part == part.part
    assert raw_rows(lake, "orders", "order_id") == [("1",), ("2",)]
    [known] = ingest_feed(sample, data, "orders", lake)
    assert known == again.model_copy(update={"is_new": False})


def test_a_damaged_part_whose_file_is_gone_is_named_with_the_mend(
    damaged: tuple[IngestedFile, Path], sample: Source, data: Path, lake: Path
) -> None:
    _, file = damaged
    (data / "orders.csv").unlink()
    write_csv(data / "orders_2.csv", ORDERS)
    before = snapshot(lake)
    for attempt, mend in (
        (lambda: ingest_feed(sample, data, "orders", lake), "restore it from the backup of the lake"),
        (lambda: raw_rows(lake, "orders", "order_id"), "take the files in again"),
    ):
        with pytest.raises(BadInput, match=mend) as told:
            attempt()
        assert str(file) in str(told.value)
        assert "\n" not in str(told.value)
    assert snapshot(lake) == before


def test_a_damaged_part_that_is_taken_again_is_as_old_as_it_was(
    damaged: tuple[IngestedFile, Path], sample: Source, data: Path, lake: Path
) -> None:
    write_csv(data / "orders_corrected.csv", [ORDERS[0] | {"total": "7"}])
    (data / "orders.csv").rename(data / "orders_z.csv")
    parts = ingest_feed(sample, data, "orders", lake)
    assert sorted(part.is_new for part in parts) == [True, True]
    [corrected, original] = sorted(parts, key=lambda part: part.file_name)
    assert original.ingested_at < corrected.ingested_at
