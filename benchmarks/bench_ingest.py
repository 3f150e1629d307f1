"""What validation costs: taking landed files into the lake beside DuckDB's own typed read and write of the same files.

`python benchmarks/bench_ingest.py --sizes 4k 100k` prints it feed by feed and adds it to the size's JSON file.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion.forms import SUFFIXES, copy_typed, landing_file, write_in_form
from rich.console import Console
from rich.table import Table
from whole_job import shops
from whole_job.results import customers_of, size_name, write_result
from whole_job.surroundings import surroundings

from pipelines.folders import REPOSITORY
from pipelines.landing.contracts import Contract
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import load_source

HERE = Path(__file__).resolve().parent
CONSOLE = Console(highlight=False)
PARTS = {"forms": "each feed in each form", "nightly": "730 nightly files of events beside one"}


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=customers_of, default=[4_000], help="customers: 4k, 100k, 1m")
    parts = "; ".join(f"{part}: {meaning}" for part, meaning in PARTS.items())
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=parts)
    parser.add_argument("--repeats", type=int, default=2, help="the shortest of so many times counts")
    parser.add_argument("--shops", type=Path, help="where invented shops lie and stay, to be used again")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="where the JSON files go")
    return parser.parse_args()


def timed(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """How long it takes, and what it gives."""
    began = time.perf_counter()
    given = work(*arguments)
    return time.perf_counter() - began, given


def ingest(landing: Path, feed: str, lake: Path) -> int:
    """Take a feed into an empty lake; how many rows were read."""
    return sum(part.rows_read for part in ingest_feed(load_source("sample"), landing, feed, lake))


def measure_forms(shop: Path, work: Path, repeats: int) -> list[dict[str, Any]]:
    """A row per form and feed; copy and ingestion in turn, so that both see the same minutes."""
    return [
        measure_feed(work, form, contract, repeats)
        for form in SUFFIXES
        for contract in write_in_form(shop, work / form, form)
    ]


def measure_feed(work: Path, form: str, contract: Contract, repeats: int) -> dict[str, Any]:
    """The shortest copy and the shortest ingestion of one file."""
    landing, lake = work / form, work / "lake"
    file = landing_file(landing, contract, form)
    copied, taken, rows = [], [], 0
    for _ in range(repeats):
        copied.append(timed(copy_typed, contract, file, work / "copy.parquet")[0])
        shutil.rmtree(lake, ignore_errors=True)
        seconds, rows = timed(ingest, landing, contract.feed, lake)
        taken.append(seconds)
    return {
        "form": form,
        "feed": contract.feed,
        "rows": rows,
        "copy_seconds": min(copied),
        "seconds": min(taken),
        "rows_per_second": rows / min(taken),
    }


def measure_nightly_files(shops_folder: Path, customers: int, work: Path) -> dict[str, float]:
    """The events of a shop, the feed with most rows, in as few files as they come in and in one a night."""
    seconds = []
    for nightly_files in (False, True):
        shop = shops.make_shop(shops_folder, customers, nightly_files)
        seconds.append(timed(ingest, shop, "events", work / f"lake-{nightly_files}")[0])
    return {"one_file_seconds": seconds[0], "seconds": seconds[1]}


def print_forms(rows: list[dict[str, Any]]) -> None:
    """A row per form and feed."""
    table = Table(title="Ingestion beside DuckDB's own typed read and write")
    for heading in ("form", "feed", "rows", "copy s", "ingest s", "rows/s", "ratio"):
        table.add_column(heading, justify="left" if heading in ("form", "feed") else "right")
    for row in rows:
        copied, taken = row["copy_seconds"], row["seconds"]
        figures = (f"{row['rows']:,}", f"{copied:.2f}", f"{taken:.2f}", f"{row['rows_per_second']:,.0f}")
        table.add_row(row["form"], row["feed"], *figures, f"{taken / copied:.1f}")
    CONSOLE.print(table)


def main() -> None:
    """Measure each size in turn."""
    asked = options()
    for customers in asked.sizes:
        with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as folder:
            work = Path(folder)
            shop = shops.make_shop(asked.shops or work, customers)
            result = {**surroundings(REPOSITORY), "size": size_name(customers), "runs": []}
            if "forms" in asked.parts:
                result["ingestion"] = measure_forms(shop, work, asked.repeats)
                print_forms(result["ingestion"])
            if "nightly" in asked.parts:
                nightly = result["nightly_files"] = measure_nightly_files(asked.shops or work, customers, work)
                CONSOLE.print(
                    f"events in one file: {nightly['one_file_seconds']:.2f} s, in 730: {nightly['seconds']:.2f} s"
                )
            CONSOLE.print(f"written: {write_result(asked.results, result)}", soft_wrap=True)


if __name__ == "__main__":
    main()
