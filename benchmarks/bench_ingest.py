"""What validation costs: taking landed files into the lake beside DuckDB's own copy of the same files to Parquet.

`python benchmarks/bench_ingest.py [customers]` prints a row per feed, with the ratio to the plain copy.
"""

import sys
import tempfile
import time
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import load_source
from pipelines.sample.generator import generate


def plain_copy(files: list[Path], target: Path) -> float:
    """Seconds that DuckDB needs to copy these files to one Parquet file, unread rows ignored."""
    reader = "read_parquet" if files[0].suffix == ".parquet" else "read_csv"
    options = "" if reader == "read_parquet" else ", all_varchar = true, ignore_errors = true, null_padding = true"
    began = time.perf_counter()
    duckdb.sql(f"copy (select * from {reader}({[str(file) for file in files]}{options})) to '{target}'")
    return time.perf_counter() - began


def main() -> None:
    """Generate a shop, take each feed in, copy each feed plainly, print both."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    table = Table(title=f"Ingest of a generated shop of {customers:,} customers, two years")
    for heading in ("feed", "rows", "copy s", "ingest s", "ratio"):
        table.add_column(heading, justify="right" if heading != "feed" else "left")
    with tempfile.TemporaryDirectory() as home:
        files, lake, source = Path(home) / "files", Path(home) / "lake", load_source("sample")
        generate(files, customers, days=730, seed=1)
        for feed in load_contracts():
            landed = sorted(path for path in files.glob(f"{feed}*.*"))
            copied = plain_copy(landed, Path(home) / f"{feed}.parquet")
            began = time.perf_counter()
            parts = ingest_feed(source, files, feed, lake)
            taken = time.perf_counter() - began
            rows = sum(part.rows_read for part in parts)
            table.add_row(feed, f"{rows:,}", f"{copied:.2f}", f"{taken:.2f}", f"{taken / copied:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main()
