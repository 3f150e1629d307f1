"""What the tests of landing share: a shop of a few rows and ways to look into the lake. Fixtures are in conftest.py."""

import csv
from pathlib import Path

import duckdb

from pipelines.landing.contracts import load_contracts
from pipelines.landing.lake import create_ops_tables, create_raw_view
from pipelines.landing.remembered import HASHES

ORDERS = [
    {"order_id": "1", "account_id": "a", "ordered_at": "2024-01-05 10:00:00", "status": "paid", "total": "12.50"},
    {"order_id": "2", "account_id": "b", "ordered_at": "2024-01-06 11:30:00", "status": "shipped", "total": "8"},
]


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def raw_rows(lake: Path, feed: str, columns: str, *source_names: str) -> list[tuple]:
    """The columns of raw.<feed>, ordered by all of them."""
    with duckdb.connect() as connection:
        create_raw_view(connection, lake, load_contracts()[feed], list(source_names) or ["sample"])
        return connection.execute(f"select {columns} from raw.{feed} order by all").fetchall()


def quarantined(lake: Path, columns: str, *source_names: str) -> list[tuple]:
    """The columns of ops.quarantined_rows, ordered by file and row."""
    with duckdb.connect() as connection:
        create_ops_tables(connection, lake, list(source_names) or ["sample"])
        return connection.execute(
            f"select {columns} from ops.quarantined_rows order by feed, file_name, row_number"
        ).fetchall()


def snapshot(lake: Path) -> dict[str, bytes]:
    """Every file of the lake with its bytes, but for the hashes, which are kept of old files only."""
    files = (path for path in lake.rglob("*") if path.is_file() and path.stem != HASHES)
    return {path.relative_to(lake).as_posix(): path.read_bytes() for path in files}
