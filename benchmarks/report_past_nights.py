"""How right churn and value were, night after night, each learned from nothing that was known later: prints the tables.

    python benchmarks/report_past_nights.py SOURCE FILES --dates 2011-03-01 2011-06-01 2011-09-01

SOURCE and FILES are those of `guanxi run --source SOURCE=FILES`. For each date the nightly job runs in a data folder of
its own, as of that date. Two things are printed: what its own report card says (`ml.model_metrics`: the newest window
that was over, forecast by what was known when it began), and, where the files hold the days after the date, what became
of the scores that it published.
"""

import argparse
import shutil
import tempfile
from pathlib import Path

import duckdb
import pandas as pd

from models import metrics
from pipelines.folders import DataFolder
from pipelines.runner import run_nightly

CARD = """
    select horizon_days, test_as_of_date, candidate, role, metric, value from ml.model_metrics
    where model = ? and segment = 'all'
"""
SCORES = """
    select churn.customer_id, churn.horizon_days, churn_probability, churn_probability_30d, days_since_last_order,
        frequency, net_sales, predicted_value_90d, predicted_value_90d_low, predicted_value_90d_high
    from ml.customer_lifetime_value as value
    left join ml.customer_churn as churn using (customer_id)
    left join (from features.customer_features where is_today) as features using (customer_id)
"""


def night(home: Path, source: str, files: str, day: str) -> Path:
    """The warehouse of the night of a day, in a data directory of its own; all share one secret, so that ids agree."""
    folder, first = DataFolder(home / day), next(iter(sorted(home.glob("*/customer_key"))), None)
    if first and not folder.home.exists():
        folder.home.mkdir(mode=0o700)
        shutil.copy(first, folder.home / "customer_key")
    outcome = run_nightly(folder, {"sources": {source: files}, "as_of": day}, lambda moment: None)
    if not outcome.is_success:
        raise SystemExit(f"the night of {day} was not published: {outcome.failures or outcome.bad_input}")
    return folder.warehouse


def card(warehouse: Path, model: str) -> pd.DataFrame:
    """One row per horizon and candidate of the night's report card, metrics as columns."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        told = connection.execute(CARD, [model]).df()
    index = ["horizon_days", "test_as_of_date", "candidate", "role"]
    return told.pivot_table(index=index, columns="metric", values="value").reset_index()


def value_rows(warehouse: Path, day: str) -> list[dict[str, object]]:
    """The champion of each window beside the rule with the least absolute error."""
    rows = []
    for (horizon, tested), part in card(warehouse, "lifetime_value").groupby(["horizon_days", "test_as_of_date"]):
        champion, rules = part[part["role"] == "champion"].iloc[0], part[part["role"] == "baseline"]
        best = rules.loc[rules["mae"].idxmin()]
        rows.append(
            {
                "night": day,
                "days": horizon,
                "after": f"{tested:%Y-%m-%d}",
                "method": champion["candidate"],
                "MAE": champion["mae"],
                "best rule": best["candidate"],
                "its MAE": best["mae"],
                "is best": champion["mae"] <= best["mae"],
                "bias": champion["bias"],
                "coverage": champion.get("interval_coverage"),
                "gini": champion["gini"],
            }
        )
    return rows


def churn_rows(warehouse: Path, day: str, purchases: pd.DataFrame) -> list[dict[str, object]]:
    """What became of the probabilities published that night, of the horizons that the files reach beyond."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        scores = connection.execute(f"{SCORES} where churn_probability is not null").df()
    rows = []
    for days, column in ((30, "churn_probability_30d"), (90, "churn_probability")):
        begin = pd.Timestamp(day)
        end = begin + pd.Timedelta(days=days)
        if end > purchases["purchase_date"].max():
            continue
        came = purchases.loc[purchases["purchase_date"].between(begin, end, inclusive="right"), "customer_id"]
        truth = (~scores["customer_id"].isin(came)).to_numpy(dtype=float)
        said = scores[column].to_numpy()
        naive = [
            scores["days_since_last_order"],
            -scores["frequency"].astype(float),
            -scores["net_sales"].astype(float),
        ]
        rows.append(
            {
                "night": day,
                "days": days,
                "customers": len(scores),
                "AUC": metrics.auc(truth, said),
                "best naive AUC": max(metrics.auc(truth, rule) for rule in naive),
                "accuracy": metrics.accuracy(truth, said),
                "Brier": metrics.brier(truth, said),
                "Brier of the share itself": float(truth.mean() * (1 - truth.mean())),
                "ECE": metrics.ece(truth, said),
                "said": said.mean(),
                "came": truth.mean(),
            }
        )
    return rows


def main() -> None:
    """Run the nights, print both tables and how often each target was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source")
    parser.add_argument("files")
    parser.add_argument("--dates", nargs="+", required=True)
    parser.add_argument(
        "--last", help="the last day of the files, whose night tells what came; the last date if left out"
    )
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        days = sorted(told.dates)
        warehouses = {day: night(home, told.source, told.files, day) for day in days}
        last = night(home, told.source, told.files, told.last) if told.last else warehouses[days[-1]]
        with duckdb.connect(str(last), read_only=True) as connection:
            purchases = connection.execute(
                "select customer_id, activity_date as purchase_date from marts.fct_customer_days "
                "where purchase_count > 0"
            ).df()
        purchases["purchase_date"] = pd.to_datetime(purchases["purchase_date"])
        value = pd.DataFrame([row for day in days for row in value_rows(warehouses[day], day)])
        churn = pd.DataFrame([row for day in days for row in churn_rows(warehouses[day], day, purchases)])
    print(value.round(3).to_string(index=False))
    for horizon, part in value.groupby("days"):
        near, covered = (part["bias"].abs() <= 0.15).sum(), part["coverage"].dropna()
        print(
            f"{horizon} days: best in {part['is best'].sum()} of {len(part)}, bias within 15 % in {near}, coverage "
            f"{covered.mean():.1%} on average, within 10 points in {((covered - 0.8).abs() <= 0.1).sum()}"
        )
    print(churn.round(4).to_string(index=False))
    for horizon, part in churn.groupby("days"):
        ranks = (part["AUC"] >= part["best naive AUC"]).sum()
        closer = (part["Brier"] < part["Brier of the share itself"]).sum()
        print(
            f"{horizon} days: AUC at least the best rule's in {ranks} of {len(part)}, Brier below the share's in "
            f"{closer}"
        )


if __name__ == "__main__":
    main()
