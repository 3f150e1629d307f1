"""How near the dates of next orders are, and what was chosen on which windows: the tables of docs/models.md.

`python benchmarks/report_next_order.py NAME=FILE …` reads built or published warehouses (`…/published/guanxi.duckdb`),
or Parquet with the columns customer_id and date, such as CDNOW's. The first table of each is what a night that learns
measures (`ml.model_metrics`); the others compare, on windows that were over before its test began.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd

from models import metrics
from models.next_order import renewal_law
from models.next_order.candidates import BY_LAW, LAW
from models.next_order.forecast import train_next_order
from models.next_order.histories import Histories
from models.next_order.renewal_law import RenewalLaw
from models.next_order.study import HORIZONS, INTERVAL_LEVEL, Window, horizon_of
from pipelines.modelling.next_order import NIGHT, PURCHASE_DAYS

GAP_DAYS = 365  # features.gap_days
COLUMNS = [
    "median_absolute_error", "within_7_days", "within_14_days", "interval_coverage", "interval_width", "brier", "auc",
    "bias",
]  # fmt: skip
PRIORS = (0.5, 1.0, 2.0, 4.0, 8.0)


def main() -> None:
    """Print the report of each shop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shops", nargs="+", metavar="NAME=FILE")
    for name, _, file in (shop.partition("=") for shop in parser.parse_args().shops):
        purchase_days, night = read(file)
        histories = Histories.of(purchase_days, night)
        show(f"{name}: measured as of {night:%Y-%m-%d}", measured(purchase_days, night))
        show(f"{name}: other laws, before the test", pd.DataFrame(other_laws(histories)))
        show(f"{name}: levels of intervals, before the test", pd.DataFrame(levels(histories)))


def read(file: str) -> tuple[pd.DataFrame, pd.Timestamp]:
    """Days with a purchase, and the day at whose end one stands: the night's, of Parquet the last day in it."""
    if file.endswith(".parquet"):
        days = pd.read_parquet(file, columns=["customer_id", "date"]).rename(columns={"date": "purchase_date"})
        return days, days["purchase_date"].max()
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(PURCHASE_DAYS).df(), pd.Timestamp(connection.execute(NIGHT).fetchall()[0][0])


def measured(purchase_days: pd.DataFrame, night: pd.Timestamp) -> pd.DataFrame:
    """The metrics of the test window, a row per segment and candidate."""
    rows = train_next_order(purchase_days, night, gap_days=GAP_DAYS).metrics
    keys = ["test_as_of_date", "horizon_days", "segment", "role", "candidate"]
    return rows.pivot_table(index=keys, columns="metric", values="value").reindex(columns=COLUMNS).reset_index()


def earlier_windows(histories: Histories, horizon: int, until: int) -> Iterator[Window]:
    """Windows that follow each other and were over so many days before the histories end, newest last."""
    newest = until + horizon
    count = (histories.length(GAP_DAYS) - horizon - newest) // horizon
    for days_ago in range(newest + max(count, 0) * horizon, until, -horizon):
        window = Window.ended(histories, days_ago, horizon)
        if window and window.can_choose:
            yield window


def other_laws(histories: Histories) -> Iterator[dict[str, object]]:
    """Laws with other weights of the shop's gap, without strata and without a tail, on the window before the test."""
    horizon, strata = horizon_of(histories.length(GAP_DAYS)), renewal_law.STRATA
    window = Window.ended(histories, 2 * horizon, horizon)
    if window is None:
        return
    for prior, kept in [*((prior, strata) for prior in PRIORS), (2.0, (0,))]:
        renewal_law.STRATA = kept
        yield judged(f"weight {prior:g}, strata from {', '.join(map(str, kept))}", window, law_of(window, prior))
    renewal_law.STRATA = strata
    without = law_of(window, 2.0)
    without.curves_ = [replace(curve, tail_slope=1e-9) for curve in without.curves_]
    yield judged("weight 2, nobody comes after the last twentieth", window, without)


def law_of(window: Window, prior: float) -> RenewalLaw:
    """What was known when the window began, with another weight of the shop's gap."""
    return RenewalLaw(prior).fit(window.known.gaps)


def judged(told: str, window: Window, law: RenewalLaw) -> dict[str, object]:
    """How near a law came in a window."""
    tried = Window(window.known, replace(window.candidates, law=law), window.came)
    probability = tried.probabilities[BY_LAW]
    return {
        "window after": f"{tried.as_of:%Y-%m-%d}",
        "law": told,
        "median error": tried.median_error(LAW),
        "coverage at 0.8": coverage(tried, INTERVAL_LEVEL),
        "Brier": metrics.brier(tried.has_come, probability),
        "AUC": metrics.auc(tried.has_come, probability),
        "foretold": float(probability.mean()),
        "came": float(tried.has_come.mean()),
    }


def levels(histories: Histories) -> Iterator[dict[str, object]]:
    """How far coverage lies from 0.8, by the promised level, the one that held the window before, and halfway.

    On windows before the test, of the shop's horizon and of shorter ones, of which there are more.
    """
    tested = horizon_of(histories.length(GAP_DAYS))
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
