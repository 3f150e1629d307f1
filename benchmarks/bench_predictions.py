"""What learning and asking all scores costs, beside scikit-learn's boosting and a fit by hand in the same minutes.

`python benchmarks/bench_predictions.py --customers 4k 100k 1m` prints it and writes a JSON file per size.
"""

import argparse
import multiprocessing
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from predictions.shop import make_shop
from predictions.steps import ask, fit_by_hand, grow_trees, learn
from rich.console import Console
from rich.table import Table
from whole_job.results import customers_of, size_name, write_result
from whole_job.surroundings import surroundings

from pipelines.modelling.scoring import scores

HERE = Path(__file__).resolve().parent
CONSOLE = Console(highlight=False)


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", nargs="+", type=customers_of, default=[4_000], help="4k, 100k, 1m")
    parser.add_argument("--scores", nargs="+", choices=[*scores()], default=[*scores()], help="all unless named")
    parser.add_argument("--results", type=Path, default=HERE / "results" / "predictions", help="where JSON files go")
    return parser.parse_args()


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives in a fresh process, whose memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def measure(file: Path, names: list[str]) -> list[dict[str, Any]]:
    """A run per score, the yardsticks right before each."""
    runs = []
    for name in names:
        yardsticks = {"boosting_seconds": alone(grow_trees), "fit_by_hand_seconds": alone(fit_by_hand, file)}
        learning, model = alone(learn, name, file)
        asking, rows = alone(ask, name, file, model)
        runs.append({"name": name, "learning": learning, "scoring": asking, "rows": rows, **yardsticks})
        CONSOLE.print(f"{name}: {learning['seconds']:.1f} s, {asking['seconds']:.1f} s", soft_wrap=True)
    return runs


def printed(customers: int, runs: list[dict[str, Any]]) -> Table:
    """Seconds, megabytes, and seconds over those of both yardsticks together."""
    table = Table(title=f"{customers:,} customers", box=None)
    for header in ("score", "rows", "learn s", "score s", "learn MB", "score MB", "yardsticks s", "times", "times"):
        table.add_column(header, justify="left" if header == "score" else "right", no_wrap=True)
    for run in runs:
        yardstick = run["boosting_seconds"] + run["fit_by_hand_seconds"]
        steps = run["learning"], run["scoring"]
        table.add_row(
            run["name"],
            f"{run['rows']:,}",
            *(f"{step['seconds']:.1f}" for step in steps),
            *(f"{step['peak_bytes'] / 1e6:,.0f}" for step in steps),
            f"{run['boosting_seconds']:.1f} + {run['fit_by_hand_seconds']:.1f}",
            *(f"{step['seconds'] / yardstick:.2f}" for step in steps),
        )
    total = [sum(run[step]["seconds"] for run in runs) for step in ("learning", "scoring")]
    most = [max(run[step]["peak_bytes"] for run in runs) for step in ("learning", "scoring")]
    table.add_row("all", "", *(f"{each:.1f}" for each in total), *(f"{each / 1e6:,.0f}" for each in most), "", "", "")
    return table


def main() -> None:
    """Measure each size in turn."""
    asked = options()
    for customers in asked.customers:
        around = surroundings(HERE.parent)
        with tempfile.TemporaryDirectory(prefix="guanxi-bench-") as work:
            file = Path(work) / "shop.duckdb"
            make_shop(file, customers)
            runs = measure(file, asked.scores)
        CONSOLE.print(printed(customers, runs))
        result = {**around, "size": size_name(customers), "runs": runs}
        CONSOLE.print(f"written: {write_result(asked.results, result)}", soft_wrap=True)


if __name__ == "__main__":
    main()
