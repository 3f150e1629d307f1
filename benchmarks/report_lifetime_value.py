"""How right the lifetime values are on CDNOW, Online Retail and an invented shop: prints the tables of docs/models.md.

`python benchmarks/report_lifetime_value.py --data FOLDER` reads FOLDER/cdnow and FOLDER/online_retail. The two shops
are built by a nightly run first (about two minutes); `--online-retail FILE` and `--sample FILE` take warehouses that
are built already.
"""

import argparse
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.candidates import fit_candidates
from models.lifetime_value.evaluation import Measured, calibration, measure
from models.lifetime_value.evidence import Evidence
from models.lifetime_value.forecast import LifetimeValueResult, forecast_lifetime_value
from models.lifetime_value.season import Outlook, Season
from models.lifetime_value.value_model import ValueModel, spend_correlation
from pipelines.settings import model as shop_settings

CDNOW_CALIBRATION_END, CDNOW_DAYS = pd.Timestamp("1997-09-30"), 273
COLUMNS = {
    "role": "role", "bias": "bias", "mae": "MAE", "rmse": "RMSE", "correlation": "correlation", "spearman": "Spearman",
    "gini": "Gini", "tweedie_deviance": "deviance", "interval_coverage": "coverage", "interval_width": "width",
}  # fmt: skip
ORDER_COLUMNS = {
    "role": "role", "orders_bias": "bias", "orders_mae": "MAE", "orders_rmse": "RMSE",
    "orders_correlation": "correlation", "orders_gini": "Gini", "any_purchase_auc": "AUC any",
    "any_purchase_brier": "Brier any", "any_purchase_log_loss": "log loss any",
}  # fmt: skip
INPUTS = {
    "features": "select * from features.customer_features",
    "outcomes": "select * from features.customer_outcomes",
    "purchase_days": """
        select customer_id, activity_date as purchase_date from marts.fct_customer_days where purchase_count > 0
    """,
}
PERCENT = {"bias", "coverage"}


def main() -> None:
    """Print the report of each data set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with cdnow/ and online_retail/")
    parser.add_argument("--online-retail", type=Path, help="a built warehouse of Online Retail")
    parser.add_argument("--sample", type=Path, help="a built warehouse of the invented shop")
    options = parser.parse_args()
    for name, column in (("sample", "sample_customer_id"), ("master", "customer_id")):
        report_cdnow(name, options.data / "cdnow" / f"{name}.parquet", column)
    with tempfile.TemporaryDirectory() as home:
        retail = options.online_retail or built(Path(home) / "retail", "online_retail", options.data / "online_retail")
        report_shop("Online Retail", retail)
        report_shop("The invented shop", options.sample or built(Path(home) / "sample", "sample", None))


def report_cdnow(name: str, file: Path, id_column: str) -> None:
    """Both purchase models on the 39 weeks after 1997-09-30, from the 39 weeks before."""
    customers = cdnow_customers(file, id_column)
    evidence = Evidence.of(
        customers.drop(columns=["future_order_days", "future_net_sales"]), customers.head(0), no_outcomes(), None
    )
    known = evidence.customers(CDNOW_CALIBRATION_END)
    fitted = fit_candidates(evidence, known, [])
    print(f"\n## CDNOW {name}: {len(customers):,} customers, 39 weeks after 1997-09-30\n")
    future = customers["future_net_sales"].sum(), customers["future_order_days"].sum()
    print(
        f"${future[0]:,.0f} on {future[1]:,.0f} days with a purchase came; no earlier window of 39 weeks exists, hence"
    )
    print("no boosting, no blend, no season, and intervals of the fitted process without calibration.\n")
    print_parameters(fitted.processes)
    print(f"\nCorrelation of frequency and spend among repeat buyers: {spend_correlation(customers):.3f}.\n")
    measured = [Measured(who, "model", alone(model, known)) for who, model in fitted.processes.items()]
    everybody = pd.Series("everybody", index=customers.index)
    print_metrics(measure(measured, customers, CDNOW_DAYS, everybody))
    print_deciles(calibration(measured, customers, CDNOW_DAYS))
    if name == "sample":
        print_silence(fitted.processes["bg_nbd_gamma_gamma"].purchases)


def alone(model: ValueModel, customers: pd.DataFrame) -> pd.DataFrame:
    """The columns of a process's own forecast, total and interval its own too."""
    outlook = Outlook(Season.flat(CDNOW_CALIBRATION_END))
    frame = model.forecast(customers, [CDNOW_DAYS], outlook)
    value = frame[f"predicted_value_{CDNOW_DAYS}"]
    low, high = model.spread(customers, frame, CDNOW_DAYS, np.random.default_rng(0)).interval(0.8, value)
    return pd.DataFrame(
        {
            "predicted_value": value,
            "low": low,
            "high": high,
            "expected_orders": frame[f"expected_orders_{CDNOW_DAYS}"],
            "probability_no_purchase": frame[f"probability_no_purchase_{CDNOW_DAYS}"],
        }
    )


def report_shop(title: str, warehouse: Path) -> None:
    """The nightly forecast of a shop with and without the season."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        inputs = {name: connection.execute(query).df() for name, query in INPUTS.items()}
    tiers = shop_settings.Settings().tiers
    limits = {"senior_from": float(tiers.senior_from), "vip_above": float(tiers.vip_above)}
    result = forecast_lifetime_value(**inputs, **limits)
    print(f"\n## {title}\n")
    print("\n".join(f"- {note}" for note in result.notes) + "\n")
    for (days, tested), measured in result.metrics.groupby(["horizon_days", "test_as_of_date"]):
        print(f"\n### {title}: {days} days after {tested:%Y-%m-%d}\n")
        print_metrics(measured[measured["segment"] == "all"])
        print_tiers(measured)
    print_deciles(result.calibration)
    print_season(result, forecast_lifetime_value(**inputs, **limits, with_season=False))
    print_scores(result)


def cdnow_customers(file: Path, id_column: str) -> pd.DataFrame:
    """Features at 1997-09-30 and outcomes of the 39 weeks after it, one row per customer."""
    lines = pd.read_parquet(file).assign(date=lambda raw: pd.to_datetime(raw["date"]))
    days = lines.groupby([id_column, "date"], as_index=False)["amount"].sum()
    known, later = days[days["date"] <= CDNOW_CALIBRATION_END], days[days["date"] > CDNOW_CALIBRATION_END]
    repeats = known[known.duplicated(id_column)].groupby(id_column)["amount"].mean()
    spent, bought = known.groupby(id_column)["amount"], known.groupby(id_column)["date"]
    customers = pd.DataFrame(
        {
            "as_of_date": CDNOW_CALIBRATION_END,
            "is_today": True,
            "frequency": (spent.size() - 1).astype(float),
            "recency_days": (bought.max() - bought.min()).dt.days.astype(float),
            "age_days": (CDNOW_CALIBRATION_END - bought.min()).dt.days.astype(float),
            "monetary_value": repeats,
            "days_since_last_order": (CDNOW_CALIBRATION_END - bought.max()).dt.days.astype(float),
            "net_sales": spent.sum(),
            "net_sales_365d": spent.sum(),
            "future_order_days": later.groupby(id_column).size(),
            "future_net_sales": later.groupby(id_column)["amount"].sum(),
        }
    )
    future = ["future_order_days", "future_net_sales"]
    customers[future] = customers[future].fillna(0.0)
    return customers.rename_axis("customer_id").reset_index()


def no_outcomes() -> pd.DataFrame:
    """The table of outcomes of a shop whose past dates were never described."""
    columns = ["customer_id", "as_of_date", "horizon_days", "future_order_days", "future_net_sales"]
    return pd.DataFrame(columns=columns).astype({"horizon_days": "int64"})


def built(home: Path, source: str, files: Path | None) -> Path:
    """The warehouse of a nightly run on these files, or on files invented for the purpose."""
    from pipelines.folders import DataFolder
    from pipelines.runner import run_nightly
    from pipelines.sample.generator import generate

    if files is None:
        files = home / "files"
        generate(files, customers=4_000, days=730, seed=7)
    as_of = {"online_retail": "2011-12-09", "sample": "2026-06-30"}[source]
    shop = {"sources": {source: str(files)}, "as_of": as_of}
    outcome = run_nightly(DataFolder(home), shop, lambda moment: None)
    if not DataFolder(home).warehouse.exists():
        raise SystemExit(f"the run of {source} made no warehouse: {outcome.failures or outcome.bad_input}")
    return DataFolder(home).warehouse


def print_parameters(models: dict) -> None:
    """Parameters, standard errors in brackets, and log-likelihood."""
    for model in [*(model.purchases for model in models.values()), next(iter(models.values())).spend]:
        values = ", ".join(
            f"{name} {getattr(model, name + '_'):.3f} ({error:.3f})" for name, error in model.standard_errors_.items()
        )
        print(f"- {type(model).__name__}, days: {values}; log-likelihood {model.log_likelihood_:.1f}")


def print_metrics(metrics: pd.DataFrame) -> None:
    """Money, then orders; a row per candidate, the best by the first rank first."""
    overall = metrics[metrics["segment"] == "all"]
    wide = overall.pivot_table(index=["candidate", "role"], columns="metric", values="value").reset_index("role")
    rank = wide["role"].map({"champion": 0, "model": 1, "challenger": 1, "baseline": 2})
    wide = wide.assign(rank=rank).sort_values(["rank", "gini"], ascending=[True, False])
    print("Money\n")
    print_table(wide[wide["gini"].notna()][list(COLUMNS)].rename(columns=COLUMNS))
    print("\nOrders (days with a purchase)\n")
    print_table(wide[wide["orders_gini"].notna()][list(ORDER_COLUMNS)].rename(columns=ORDER_COLUMNS))


def print_tiers(metrics: pd.DataFrame) -> None:
    """The models tier by tier."""
    rows = metrics[
        (metrics["role"] != "baseline") & metrics["metric"].isin(["bias", "mae", "gini", "interval_coverage"])
    ]
    wide = rows.pivot_table(index=["candidate", "segment", "customer_count"], columns="metric", values="value")
    named = wide.reset_index(["segment", "customer_count"]).rename(columns=COLUMNS | {"customer_count": "customers"})
    print("\nBy tier\n")
    print_table(named[["segment", "customers", "bias", "MAE", "Gini", "coverage"]])


def print_deciles(deciles: pd.DataFrame) -> None:
    """Mean forecast / mean outcome of each tenth, a row per candidate."""
    money = deciles[deciles["measure"] == "money"]
    cells = money.assign(
        text=[f"{a:,.0f} / {b:,.0f}" for a, b in zip(money["predicted_mean"], money["actual_mean"], strict=True)]
    )
    print("\nMoney forecast / came, mean of each tenth of the customers in the order of the forecast\n")
    print_table(cells.pivot(index="candidate", columns="decile", values="text"))


def print_season(with_season: LifetimeValueResult, without: LifetimeValueResult) -> None:
    """What the season correction changes."""
    parts = []
    for label, result in (("no", without), ("yes", with_season)):
        rows = result.metrics.query("segment == 'all' and role == 'champion'")
        wide = rows.pivot_table(index="horizon_days", columns="metric", values="value").rename(columns=COLUMNS)
        wide = wide.assign(**{"orders bias": wide["orders_bias"].map("{:+.1%}".format), "season": label})
        parts.append(wide[["season", "bias", "orders bias", "MAE", "RMSE", "Gini", "deviance", "coverage"]])
    print("\nWhat the season does\n")
    print_table(pd.concat(parts).sort_values(["horizon_days", "season"]))


def print_scores(result: LifetimeValueResult) -> None:
    """Sums and medians of what is published for today."""
    scores = result.scores
    money = ["predicted_value_30d", "predicted_value_90d", "predicted_value", "predicted_value_low"]
    money += ["predicted_value_high", "challenger_value"]
    table = pd.DataFrame({"sum": scores[money].sum(), "median": scores[money].median(), "largest": scores[money].max()})
    print(f"\nPublished for {len(scores):,} customers as of {scores['as_of_date'].iloc[0]:%Y-%m-%d}\n")
    print_table(table.rename_axis("column").map("{:,.0f}".format))


def print_silence(model: BetaGeoModel) -> None:
    """Purchases expected in the next 39 weeks of customers who last bought on day 70 of 273 or on day 273."""
    counts = np.array([1, 2, 4, 8, 16])
    rows = {}
    for label, last in (("last bought on day 70", 70.0), ("bought just now", 273.0)):
        histories = pd.DataFrame({"frequency": counts, "recency": last, "T": 273.0})
        alive, orders = model.predict_alive(histories), model.predict_purchases(histories, CDNOW_DAYS)
        rows[label] = [f"{order:.2f} ({chance:.2f})" for order, chance in zip(orders, alive, strict=True)]
    print("\nExpected purchases (chance of being alive) after 273 days, by repeat purchases so far\n")
    print_table(pd.DataFrame(rows, index=counts).T.rename_axis("customer"))


def print_table(table: pd.DataFrame) -> None:
    """A frame with its index as a Markdown table; shares as per cent, other numbers with sensible digits."""
    print("| " + " | ".join([str(table.index.name or ""), *map(str, table.columns)]) + " |")
    print("|" + "---|" * (len(table.columns) + 1))
    for index, row in table.iterrows():
        print("| " + " | ".join([str(index), *(cell(name, value) for name, value in row.items())]) + " |")


def cell(name: object, value: object) -> str:
    """One value as text."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    if name in PERCENT:
        return f"{value:+.1%}" if name == "bias" else f"{value:.1%}"
    if float(value).is_integer() and name == "customers":
        return f"{value:,.0f}"
    return f"{value:,.3f}" if abs(value) < 10 else f"{value:,.2f}"


if __name__ == "__main__":
    main()
