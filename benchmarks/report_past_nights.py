"""How right churn and value were on many nights, and how right values are with less history: prints the tables.

    python benchmarks/report_past_nights.py DATA --nights 20 --every 19
    python benchmarks/report_past_nights.py DATA --nights 1 --back 90 --history 60 120 200 300 365 450 545

DATA is the data directory of a shop whose night was run; its warehouse is copied. A night is a day that many days back,
and the features of each are made anew as of that day. Printed is what the night's own report card says
(`ml.model_metrics`): the newest window of each length that was over, forecast by what was known when it began.

With --history the shop knows nothing but so many days before the night. Its scores are held against what came, for the
customers who are known with the shortest history; where the year ahead is not over, they are brought to the total of
what came so far, as only the customers' shares can be judged.
"""

import argparse
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
from past_nights.shop import PastShop, last_day

from models import metrics
from pipelines.folders import DataFolder

OF_CHURN = ["auc", "brier", "accuracy", "ece"]
OF_VALUE = ["mae", "bias", "interval_coverage", "gini"]
HORIZONS = {
    30: ("predicted_value_30d", "method_30d"),
    90: ("predicted_value_90d", "method_90d"),
    365: ("predicted_value", "method"),
}


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--nights", type=int, default=1, help="how many")
    parser.add_argument("--every", type=int, default=30, help="days between two of them")
    parser.add_argument("--back", type=int, default=0, help="days from the newest of them to the last night")
    parser.add_argument("--at", nargs="+", type=date.fromisoformat, help="these nights instead")
    parser.add_argument("--history", nargs="+", type=int, help="days of history, each a shop of its own")
    parser.add_argument("--scores", nargs="+", default=["churn", "lifetime_value"], choices=["churn", "lifetime_value"])
    return parser.parse_args()


def beside_rules(name: str, night: date, measured: pd.DataFrame) -> list[dict[str, object]]:
    """A row per window of a night's report card: the champion, and the best that any rule reached in each metric."""
    rows = []
    everybody = measured[measured["segment"] == "all"]
    for (days, tested), part in everybody.groupby(["horizon_days", "test_as_of_date"]):
        champion = part[part["role"] == "champion"]
        said = champion.set_index("metric")["value"]
        rules = part[part["role"] == "baseline"]
        row = {"night": night, "days": days, "stood at": f"{tested:%Y-%m-%d}", "method": champion["candidate"].iloc[0]}
        row |= {metric: said.get(metric) for metric in (OF_CHURN if name == "churn" else OF_VALUE)}
        for metric, is_less_better in ({"auc": 0, "brier": 1} if name == "churn" else {"mae": 1}).items():
            of_rules = rules[rules["metric"] == metric].set_index("candidate")["value"] * (1 if is_less_better else -1)
            row |= {f"rule's {metric}": abs(of_rules.min()), f"rule of {metric}": of_rules.idxmin()}
        rows.append(row)
    return rows


def judge(name: str, table: pd.DataFrame) -> None:
    """Print the table, and below how often what was wanted was reached."""
    print(table.round(4).to_string(index=False))
    for days, part in table.groupby("days"):
        if name == "churn":
            ranks, closer = part["auc"] >= part["rule's auc"], part["brier"] < part["rule's brier"]
            told = f"AUC at least that of the best rule in {ranks.sum()}, Brier below the best rule's in {closer.sum()}"
            print(f"{days} days, {len(part)} nights: {told}, ECE {part['ece'].mean():.3f} on average")
        else:
            covered, over_rule = part["interval_coverage"].dropna(), part["mae"] / part["rule's mae"]
            near, held = part["bias"].abs() <= 0.15, (covered - 0.8).abs() <= 0.1
            print(
                f"{days} days, {len(part)} nights: mean absolute error at most the best rule's in "
                f"{(over_rule <= 1).sum()}, {over_rule.mean():.3f} of it on average; bias within 15 % in {near.sum()}; "
                f"coverage {covered.mean():.1%} on average, within 10 points in {held.sum()} of {len(covered)}"
            )


def after_less_history(
    warehouse: Path, place: Path, night: date, histories: list[int], last: date
) -> list[dict[str, object]]:
    """A row per history and horizon: the error of a night's scores over what came, of the customers known in each."""
    rows: list[dict[str, object]] = []
    asked = None
    for history in sorted(histories):
        shop = PastShop(warehouse, place / f"{night}-{history}", night - timedelta(days=history - 1))
        shop.stand_at(night)
        scored = shop.asked("lifetime_value", shop.learned("lifetime_value"))
        scores = scored.tables["customer_lifetime_value"].set_index("customer_id")
        asked = scores.index if asked is None else asked
        for days, (value, method) in HORIZONS.items():
            over = min(days, (last - night).days)
            came = shop.sales(night, over).reindex(asked).fillna(0.0).to_numpy()
            said = scores[value].reindex(asked).fillna(0.0).to_numpy()
            is_over = over == days
            said = said if is_over else said * (came.sum() / said.sum())
            row = {"night": night, "days": days, "history": history, "customers": len(asked)}
            row |= {"method": scores[method].iloc[0], "error": metrics.mae(came, said) / abs(came).mean()}
            rows.append({**row, "bias": said.sum() / came.sum() - 1 if is_over else None})
    return rows


def judge_histories(table: pd.DataFrame) -> None:
    """Print the table, each error over the least one of a shorter history, and the most that any rose."""
    least = table.groupby(["night", "days"])["error"].transform(lambda errors: errors.cummin().shift())
    table = table.sort_values(["night", "days", "history"]).assign(of_least=table["error"] / least)
    print(table.round(4).to_string(index=False))
    for days, part in table.groupby("days"):
        print(f"{days} days: at most {part['of_least'].max():.3f} of the least error with a shorter history")


def main() -> None:
    """Stand at each night in turn, then print."""
    told = options()
    warehouse = DataFolder(told.data).warehouse
    last = last_day(warehouse)
    back = [told.back + told.every * number for number in reversed(range(told.nights))]
    nights = told.at or [last - timedelta(days=days) for days in back]
    with tempfile.TemporaryDirectory(prefix="guanxi-past-") as place:
        if told.history:
            each = [after_less_history(warehouse, Path(place), night, told.history, last) for night in nights]
            judge_histories(pd.DataFrame([row for rows in each for row in rows]))
            return
        shop = PastShop(warehouse, Path(place) / "shop")
        found: dict[str, list[dict[str, object]]] = {name: [] for name in told.scores}
        for night in nights:
            shop.stand_at(night)
            for name, rows in found.items():
                rows += beside_rules(name, night, shop.learned(name).made.metrics)
    for name, rows in found.items():
        judge(name, pd.DataFrame(rows))


if __name__ == "__main__":
    main()
