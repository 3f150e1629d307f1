"""How near the dates of next orders are, and what was chosen on which windows: the tables of docs/models.md.

`python benchmarks/report_next_order.py NAME=FILE …` reads built or published files (`…/published/guanxi.duckdb`). The
first table is what the night of each measured; the others compare, on windows that were over before its test began.
"""

import argparse
from collections.abc import Iterator

import duckdb
import numpy as np
import pandas as pd

from models import metrics
from models.next_order import renewal_law
from models.next_order.candidates import LAW, Candidates
from models.next_order.histories import Histories
from models.next_order.study import HORIZONS, INTERVAL_LEVEL, Window, horizon_of
from pipelines.modelling.next_order import NIGHT, PURCHASE_DAYS

MEASURED = """
    select test_as_of_date, horizon_days, segment, role, candidate, metric, value
    from ml.model_metrics where model = 'next_order' order by segment, role desc, candidate
"""
COLUMNS = [
    "median_absolute_error", "within_7_days", "within_14_days", "interval_coverage", "interval_width", "brier", "auc",
    "bias",
]  # fmt: skip
PRIORS = (0.5, 1.0, 2.0, 4.0, 8.0)


def main() -> None:
    """Print the report of each shop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shops", nargs="+", metavar="NAME=FILE", help="a built or published DuckDB file")
    for name, _, file in (shop.partition("=") for shop in parser.parse_args().shops):
        with duckdb.connect(file, read_only=True) as connection:
            night = pd.Timestamp(connection.execute(NIGHT).fetchall()[0][0])
            histories = Histories.of(connection.execute(PURCHASE_DAYS).df(), night)
            show(f"{name}: measured by the night of {night:%Y-%m-%d}", measured(connection))
        show(f"{name}: how much the shop's gap weighs, and strata, before the test", pd.DataFrame(choices(histories)))
        show(f"{name}: levels of intervals, before the test", pd.DataFrame(levels(histories)))


def measured(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """The night's metrics, a row per segment and candidate."""
    rows = connection.execute(MEASURED).df()
    keys = ["test_as_of_date", "horizon_days", "segment", "role", "candidate"]
    table = rows.pivot_table(index=keys, columns="metric", values="value", sort=False)
    return table.reindex(columns=COLUMNS).reset_index()


def earlier_windows(histories: Histories, horizon: int, until: int) -> Iterator[Window]:
    """Windows that follow each other and were over so many days before the histories end, newest last."""
    newest = until + horizon
    count = (histories.length(365) - horizon - newest) // horizon
    for days_ago in range(newest + max(count, 0) * horizon, until, -horizon):
        window = Window.ended(histories, days_ago, horizon)
        if window and window.can_choose:
            yield window


def choices(histories: Histories) -> Iterator[dict[str, object]]:
    """Median error, Brier and AUC of laws with other weights and without strata, on the window before the test."""
    horizon = horizon_of(histories.length(365))
    strata = renewal_law.STRATA
    for prior, kept in [*((prior, strata) for prior in PRIORS), (2.0, (0,))]:
        renewal_law.STRATA = kept
        window = Window.ended(histories, 2 * horizon, horizon)
        if window is None:
            break
        law = renewal_law.RenewalLaw(prior).fit(window.known.gaps)
        window = Window(window.known, Candidates(law, window.candidates.ended_count, horizon), window.came)
        probability = window.outlook.probability
        yield {
            "window after": f"{window.as_of:%Y-%m-%d}",
            "weight": prior,
            "strata": law.strata_.size,
            "median error": window.median_error(LAW),
            "Brier": metrics.brier(window.has_come, probability),
            "AUC": metrics.auc(window.has_come, probability),
        }
    renewal_law.STRATA = strata


def levels(histories: Histories) -> Iterator[dict[str, object]]:
    """How far coverage lies from 0.8, by the promised level, the one that held the window before, and halfway.

    On windows before the test, of the shop's horizon and of shorter ones, of which there are more.
    """
    tested = horizon_of(histories.length(365))
    for horizon in (days for days in (*HORIZONS, 60) if days <= tested):
        windows, before = list(earlier_windows(histories, horizon, tested)), None
        misses = []
        for window in windows:
            halfway = window.interval_level()
            if before is not None:
                tried = (INTERVAL_LEVEL, 2 * before - INTERVAL_LEVEL, before)
                misses.append([abs(coverage(window, level) - INTERVAL_LEVEL) for level in tried])
            before = halfway
        if misses:
            mean = np.mean(misses, axis=0)
            told = dict(zip(("promised level", "as it held before", "halfway"), mean, strict=True))
            yield {"horizon": horizon, "windows": len(misses), **told}


def coverage(window: Window, level: float) -> float:
    """The share of the window's orders that its intervals of this level held."""
    low, high = window.candidates.interval(window.standing, window.outlook, level, window.days(LAW))
    return float(((low <= window.came) & (window.came <= high))[window.has_come].mean())


def show(title: str, table: pd.DataFrame) -> None:
    """Print a table as Markdown."""
    print(f"\n### {title}\n")
    if table.empty:
        print("Nothing: no window was over early enough.")
        return
    print("| " + " | ".join(table.columns) + " |")
    print("|" + "---|" * len(table.columns))
    for row in table.itertuples(index=False):
        print("| " + " | ".join(map(_cell, row)) + " |")


def _cell(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float):
        return "" if np.isnan(value) else f"{value:g}" if value == round(value, 1) else f"{value:.3f}"
    return str(value)


if __name__ == "__main__":
    main()
