"""What a night costs, step by step, beside a hand-written script that makes the same tables: the floor.

`python benchmarks/bench_whole_job.py --sizes 4k 100k` prints it and writes a JSON file per size.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from whole_job import scenarios, shops
from whole_job.comparison import Compared
from whole_job.printing import print_comparison, print_run
from whole_job.programs import Bench
from whole_job.results import customers_of, size_name, write_result
from whole_job.runs import HALF_A_YEAR_NIGHTLY, TWO_YEARS, TWO_YEARS_NIGHTLY
from whole_job.surroundings import surroundings

HERE = Path(__file__).resolve().parent
CONSOLE = Console(highlight=False)
PARTS = {
    "job": "the whole job beside the floor, and the part of a night that is fixed",
    "next": f"the night after {TWO_YEARS}",
    "nightly": f"the night after {TWO_YEARS_NIGHTLY}",
    "half-year": f"the night after {HALF_A_YEAR_NIGHTLY}",
}
HISTORIES = {"next": TWO_YEARS, "nightly": TWO_YEARS_NIGHTLY, "half-year": HALF_A_YEAR_NIGHTLY}


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=customers_of, default=[4_000], help="customers: 4k, 100k, 1m")
    parts = "; ".join(f"{part}: {meaning}" for part, meaning in PARTS.items())
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=parts)
    parser.add_argument("--memory-limit", help="measure the job within so much memory too, such as 3GB")
    parser.add_argument("--checkout", type=Path, default=HERE.parent, help="the code whose nights are measured")
    parser.add_argument("--shops", type=Path, help="where invented shops lie and stay, to be used again")
    parser.add_argument("--results", type=Path, default=HERE / "results", help="where the JSON files go")
    return parser.parse_args()


def measure(bench: Bench, shops_folder: Path, customers: int, asked: argparse.Namespace) -> dict[str, Any]:
    """All that is asked of one size, printed as it comes."""
    shop = shops.make_shop(shops_folder, customers)
    runs: list[dict[str, Any]] = []
    measured: dict[str, Any] = {"size": size_name(customers), "shop": shops.described(shop), "runs": runs}

    def keep(found: list[dict[str, Any]], compared: Compared | None = None) -> None:
        for run in found:
            print_run(CONSOLE, run)
        runs.extend(found)
        if compared:
            print_comparison(CONSOLE, compared)
            if compared.differences:
                sys.exit("the floor does not make what was published, so its time says nothing")

    if "job" in asked.parts:
        keep([scenarios.fixed_part(bench, shops_folder)])
        keep(*scenarios.whole_job(bench, shop))
    if asked.memory_limit:
        keep([scenarios.limited_job(bench, shop, asked.memory_limit)])
    for part, history in HISTORIES.items():
        if part in asked.parts:
            keep(*scenarios.next_night(bench, shops_folder, customers, history))
    return measured


def main() -> None:
    """Measure each size in turn."""
    asked = options()
    with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as work:
        for customers in asked.sizes:
            around = surroundings(asked.checkout)
            bench = Bench(asked.checkout.resolve(), Path(work))
            result = {**around, **measure(bench, asked.shops or Path(work), customers, asked)}
            CONSOLE.print(f"written: {write_result(asked.results, result)}", soft_wrap=True)


if __name__ == "__main__":
    main()
