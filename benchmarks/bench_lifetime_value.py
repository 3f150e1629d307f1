"""What the lifetime value models recover, cost and agree with, beside `lifetimes` and `pymc-marketing`.

`python benchmarks/bench_lifetime_value.py` simulates customers and prints recovery and speed of ours in under a minute;
`--rivals` adds the two packages on the largest of these sets, `--data FOLDER` all three on CDNOW, `--ten-million` the
largest shop.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import pandas as pd
from lifetime_value_tools import tables
from lifetime_value_tools.agreement import largest_difference, log_likelihoods
from lifetime_value_tools.customers import HOLDOUT_WEEKS, cdnow
from lifetime_value_tools.running import Measured, Runner, Tool
from rich.console import Console

HORIZON_DAYS = 365
OURS = Tool("guanxi", "run_guanxi.py")
RIVALS = (
    Tool("lifetimes", "run_lifetimes.py", "lifetimes"),
    Tool("pymc-marketing", "run_pymc_marketing.py", "pymc-marketing"),
)
HELPED = Tool("lifetimes, rows counted", "run_lifetimes_grouped.py", "lifetimes")

CONSOLE = Console(width=max(Console().width, 160), highlight=False)


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, nargs="+", default=[10_000, 1_000_000], help="sizes to simulate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", action="store_true", help="compare with the rivals, each in its environment")
    parser.add_argument("--ten-million", action="store_true", help="fit and score 10,000,000 customers")
    parser.add_argument("--data", type=Path, help="folder that holds cdnow/sample.parquet and cdnow/master.parquet")
    default = Path(__file__).resolve().parents[1] / ".venv-rivals"
    parser.add_argument("--environments", type=Path, default=default, help="where the rivals are installed")
    parser.add_argument("--rival-python", default=sys.executable, help="the Python to make them with, at least 3.12")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds after which a tool is ended")
    parser.add_argument("--repeats", type=int, default=1, help="times a step is run; its shortest time is printed")
    return parser.parse_args()


def compare(runner: Runner, title: str, file: Path, horizon: float, tools: tuple[Tool, ...]) -> None:
    """Print ours and other tools on the same customers: speed, likelihood by our exact formula, forecasts."""
    found: list[Measured] = []
    for tool in (OURS, *tools):
        measured = runner.measure(tool, file, horizon)
        if measured is None:
            CONSOLE.print(f"{tool.title}: not done with {title} within {runner.patience:.0f} s")
        else:
            found.append(measured)
    customers = pd.read_parquet(file)
    likelihoods = {one.title: log_likelihoods(customers, one.report["parameters"]) for one in found}
    CONSOLE.print(tables.comparison_table(title, found, likelihoods))
    differences = {one.title: largest_difference(one.scores, found[0].scores) for one in found}
    CONSOLE.print(tables.agreement_table(title, found, differences))
    for one in found:
        CONSOLE.print(tables.versions_line(one))
    rivals = {one.seconds["total"]: one.title for one in found if one.title in {rival.title for rival in RIVALS}}
    if rivals:
        ratio = min(rivals) / found[0].seconds["total"]
        CONSOLE.print(f"The faster rival, {rivals[min(rivals)]}, takes {ratio:.1f} times as long as ours.\n")


def measure_ours(runner: Runner, sizes: list[int], seed: int, is_recorded: bool) -> dict[int, Measured]:
    """Ours on simulated customers of each size; a size that takes longer than patience is left out."""
    found = {size: runner.measure(OURS, runner.simulate(size, seed, is_recorded), HORIZON_DAYS) for size in sizes}
    return {size: measured for size, measured in found.items() if measured}


def compare_on_cdnow(runner: Runner, data: Path) -> None:
    """Print all tools on the two CDNOW files, weeks of seven days, forecasting the 39 weeks of the holdout."""
    for name in ("sample", "master"):
        file = runner.folder / f"cdnow_{name}.parquet"
        customers = cdnow(data / "cdnow" / f"{name}.parquet")
        customers.to_parquet(file)
        compare(runner, f"CDNOW {name}, {len(customers):,} customers", file, HOLDOUT_WEEKS, RIVALS)


def main() -> None:
    """Print the parts asked for."""
    asked = options()
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(Path(folder), asked.environments, asked.rival_python, asked.patience, asked.repeats)
        CONSOLE.print(tables.recovery_table(measure_ours(runner, asked.customers, asked.seed, is_recorded=False)))
        sizes = asked.customers + [10_000_000] * asked.ten_million
        found = measure_ours(runner, sizes, asked.seed, is_recorded=True)
        CONSOLE.print(tables.speed_table(found))
        if asked.data:
            compare_on_cdnow(runner, asked.data)
        if asked.rivals:
            size = max(asked.customers)
            title = f"{size:,} simulated customers, {HORIZON_DAYS} days ahead"
            compare(runner, title, runner.simulate(size, asked.seed), HORIZON_DAYS, (*RIVALS, HELPED))


if __name__ == "__main__":
    main()
