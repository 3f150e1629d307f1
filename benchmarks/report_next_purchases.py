"""How right next categories and product pairs were on several dates of a shop: prints the tables of docs/models.md.

`python benchmarks/report_next_purchases.py WAREHOUSE ...` takes build warehouses of `guanxi run`. Each date is looked
at as if it were tonight: what is tested learned from orders before its 90 days. Only which orders were cancelled since
is known too early.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from models.next_categories.forecast import train_next_categories
from models.product_affinities.forecast import train_product_affinities
from pipelines.modelling.next_categories import INPUTS
from pipelines.modelling.product_affinities import LINES, NIGHT

DAYS_APART, DATES = 30, 4
EVER = 100_000  # days
SCORES: dict[str, tuple[str, Callable[..., Any], list[str]]] = {
    "Next categories": (INPUTS["lines"], train_next_categories, ["hit_rate_1", "hit_rate_3", "log_loss", "bias"]),
    "Product affinities": (LINES.format(days=EVER), train_product_affinities, ["hit_rate_5", "hit_rate_10"]),
}


def main() -> None:
    """Print a table for each warehouse and score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("warehouses", type=Path, nargs="+")
    for file in parser.parse_args().warehouses:
        for title, (query, train, metrics) in SCORES.items():
            with duckdb.connect(str(file), read_only=True) as connection:
                lines = connection.sql(query).df()
                [(night,)] = connection.sql(NIGHT).fetchall()
            print(f"\n{title}, {file.parents[1].name}\n")
            print(f"| window ends | candidate | role | customers | {' | '.join(metrics)} |")
            print("|---" * (4 + len(metrics)) + "|")
            for step in range(DATES):
                day = pd.Timestamp(night) - pd.Timedelta(days=DAYS_APART * step)
                known = lines[pd.to_datetime(lines["order_date"]) <= day]
                print_measured(train(known, day), day, metrics)


def print_measured(training: Any, day: pd.Timestamp, metrics: list[str]) -> None:
    """One row per candidate, or why there is none."""
    if training.metrics.empty:
        print(f"| {day:%Y-%m-%d} | {training.notes[0]} |")
        return
    keys = ["role", "candidate", "customer_count"]
    table = training.metrics.pivot(index=keys, columns="metric", values="value")
    for (role, candidate, customers), values in table.iterrows():
        cells = " | ".join(f"{values[metric]:.3f}" for metric in metrics)
        print(f"| {day:%Y-%m-%d} | {candidate} | {role} | {customers:,} | {cells} |")


if __name__ == "__main__":
    main()
