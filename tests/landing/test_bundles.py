"""Bundles change how many files a query opens and never what it finds."""

import tempfile
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing import bundles
from pipelines.landing.bundles import bundles_of, files_of
from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.parts import committed_parts, rows_path
from pipelines.landing.sources import load_source
from tests.landing.shop import ORDERS, raw_rows, write_csv
from tests.landing.test_repeats import FILES, found

COLUMNS = "order_id, total, file_name, row_number"


@pytest.fixture(autouse=True)
def three_parts_a_bundle(monkeypatch):
    monkeypatch.setattr(bundles, "PARTS_OF_A_BUNDLE", 3)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Seven files of one order each, taken one a night."""
    for night in range(7):
        land(tmp_path, night)
    return tmp_path / "lake"


def land(home: Path, night: int) -> None:
    write_csv(home / "data" / f"orders-{night}.csv", [ORDERS[0] | {"order_id": f"o{night}"}])
    ingest_feed(load_source("sample"), home / "data", "orders", home / "lake")


def parts_of(folder: Path) -> list[str]:
    return [part.part for part in committed_parts(folder)]


def test_rows_lie_in_few_files_and_each_is_found_once(lake):
    folder = lake / "orders" / "sample"
    parts = parts_of(folder)
    files = files_of(folder, parts)
    assert (len(parts), len(files)) == (7, 3)
    rows = duckdb.execute("select count(*), count(distinct file_hash) from read_parquet(?)", [list(map(str, files))])
    assert rows.fetchall() == [(7, 7)]
    assert [row[0] for row in raw_rows(lake, "orders", COLUMNS)] == [f"o{night}" for night in range(7)]


def test_a_bundle_is_not_read_where_only_some_of_its_parts_are_wanted(lake):
    folder = lake / "orders" / "sample"
    parts = parts_of(folder)
    assert files_of(folder, parts[1:]) == [
        *(rows_path(folder, name) for name in bundles_of(folder, parts[3:6])),
        *(rows_path(folder, part) for part in (parts[1], parts[2], parts[6])),
    ]


def test_a_bundle_is_made_once_and_lies_still(lake):
    folder = lake / "orders" / "sample"
    before = {file.name: file.stat().st_mtime_ns for file in folder.glob("bundle*")}
    land(lake.parent, 7)
    assert {file.name: file.stat().st_mtime_ns for file in folder.glob("bundle*")} == before
    land(lake.parent, 8)
    assert len(list(folder.glob("bundle-*"))) == 3


@pytest.mark.parametrize("damage", ["gone", "cut off", "unknown"])
def test_without_its_bundles_a_lake_says_the_same_and_makes_them_again(lake, damage):
    folder = lake / "orders" / "sample"
    before = raw_rows(lake, "orders", COLUMNS)
    for bundle in folder.glob("bundle-*.parquet"):
        bundle.unlink() if damage == "gone" else bundle.write_bytes(b"PAR1") if damage == "cut off" else None
    if damage == "unknown":
        (folder / "bundles.json").write_text("{")
    assert raw_rows(lake, "orders", COLUMNS) == before
    assert len(files_of(folder, parts_of(folder))) == 7
    ingest_feed(load_source("sample"), lake.parent / "data", "orders", lake)
    assert len(files_of(folder, parts_of(folder))) == 3
    assert raw_rows(lake, "orders", COLUMNS) == before


def test_a_bundle_goes_with_its_parts(lake):
    folder = lake / "orders" / "sample"
    [first, *_] = parts_of(folder)
    for file in folder.glob(f"{first}.*"):
        file.unlink()
    (lake.parent / "data" / "orders-0.csv").unlink()
    ingest_feed(load_source("sample"), lake.parent / "data", "orders", lake)
    assert sorted(row[0] for row in raw_rows(lake, "orders", COLUMNS)) == [f"o{night}" for night in range(1, 7)]
    held = bundles_of(folder, parts_of(folder))
    assert {file.stem for file in folder.glob("bundle-*")} == set(held)
    assert first not in frozenset().union(*held.values())


@settings(max_examples=6, deadline=None)
@given(st.lists(FILES, max_size=6))
def test_the_views_say_the_same_whether_parts_are_bundled_or_not(nights: list[dict[str, list[dict]]]) -> None:
    said = []
    for parts_of_a_bundle in (2, 1_000):
        with tempfile.TemporaryDirectory() as home, patch.object(bundles, "PARTS_OF_A_BUNDLE", parts_of_a_bundle):
            data, lake = Path(home) / "data", Path(home) / "lake"
            for files in nights:
                for name, rows in files.items():
                    write_csv(data / f"orders{name}.csv", rows)
                if data.exists():
                    ingest_feed(load_source("sample"), data, "orders", lake)
            columns = ", ".join(name for name in load_contracts()["orders"].lake_columns)
            said.append((raw_rows(lake, "orders", columns), [len(rows) for rows in found(lake, 30)]))
    assert said[0] == said[1]
