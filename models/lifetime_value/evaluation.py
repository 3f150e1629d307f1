"""Measures forecasts of a past window beside rules that need no model. It never sees a date after that window."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from numpy.typing import ArrayLike

from models import metrics
from models.lifetime_value.rules import baselines, ranks
from models.lifetime_value.spread import coverage
from models.result_tables import ALL, metric_table, typed

Metric = Callable[[ArrayLike, ArrayLike], float]
Row = tuple[str, str, str, float]  # candidate, role, metric, value

AMOUNT_METRICS = {"bias": metrics.bias, "mae": metrics.mae, "rmse": metrics.rmse, "correlation": metrics.correlation}
RANK_METRICS = {"spearman": metrics.spearman, "gini": metrics.normalised_gini}
PROBABILITY_METRICS = {"brier": metrics.brier, "log_loss": metrics.log_loss}
DEVIANCE = {"tweedie_deviance": metrics.tweedie_deviance}

CALIBRATION_TYPES = {
    "candidate": "str",
    "measure": "str",
    "decile": "int64",
    "customer_count": "int64",
    "predicted_mean": "float64",
    "actual_mean": "float64",
    "test_as_of_date": "datetime64[us]",
    "horizon_days": "int64",
}

LEAST_LEAD = 0.005  # of a rule's Gini over the model's: less is noise even among 100,000 customers

# What is forecast: the prefix of its metrics, the column of the forecast, and the outcome it is held against.
TARGETS = {
    "orders": ("orders_", "expected_orders", "future_order_days"),
    "money": ("", "predicted_value", "future_net_sales"),
}


@dataclass(frozen=True)
class Measured:
    """One candidate's forecast of the window: expected_orders, predicted_value, probability_no_purchase, low, high."""

    name: str
    role: str
    forecast: pd.DataFrame


def measure(candidates: list[Measured], customers: pd.DataFrame, days: int, tiers: pd.Series) -> pd.DataFrame:
    """One row per candidate, segment and metric of the window of `days` days after the customers' as-of date.

    `customers` holds the features at that date with future_order_days and future_net_sales beside them; `tiers` names
    the tier of each, in the same index. Metrics of money bear no prefix, those of days with a purchase orders_, and
    those of buying at all any_purchase_. Undefined ones are left out.
    """
    parts = []
    for segment in [ALL, *sorted(tiers.unique())]:
        rows = (tiers == segment).to_numpy() | (segment == ALL)
        members = customers[rows]
        cut = [Measured(each.name, each.role, each.forecast[rows]) for each in candidates]
        label = ALL if segment == ALL else f"tier: {segment}"
        parts.append(_of_segment(cut, members, days).assign(segment=label, customer_count=len(members)))
    return metric_table(pd.concat(parts), customers["as_of_date"].iloc[0], days)


def calibration(candidates: list[Measured], customers: pd.DataFrame, days: int) -> pd.DataFrame:
    """Mean forecast and mean outcome of each tenth of the customers in the order of the forecast, lowest first."""
    parts = []
    for each in candidates:
        for target, (_, column, outcome) in TARGETS.items():
            forecast = each.forecast[column]
            tenth = ((forecast.rank(method="first") - 1) * 10 // len(forecast) + 1).astype(int)
            frame = pd.DataFrame({"decile": tenth, "predicted": forecast, "actual": customers[outcome]})
            means = frame.groupby("decile").agg(
                customer_count=("actual", "size"), predicted_mean=("predicted", "mean"), actual_mean=("actual", "mean")
            )
            parts.append(means.round(4).reset_index().assign(candidate=each.name, measure=target))
    table = pd.concat(parts).assign(test_as_of_date=customers["as_of_date"].iloc[0], horizon_days=days)
    return typed(table, CALIBRATION_TYPES)


def notes_on_better_rules(measured: pd.DataFrame) -> list[str]:
    """A warning for each target that a naive rule ranked better than the champion did in a window."""
    notes = []
    overall = measured[measured["segment"] == ALL]
    for target, (prefix, _, _) in TARGETS.items():
        ginis = overall[overall["metric"] == f"{prefix}gini"]
        rules = ginis[ginis["role"] == "baseline"].sort_values("value")
        of_model = ginis.loc[ginis["role"] == "champion", "value"].max()
        if rules.empty or not rules["value"].iloc[-1] >= of_model + LEAST_LEAD:
            continue
        best = rules.iloc[-1]
        notes.append(
            f"The rule {best['candidate']} ranked customers by future {target} better than the model did in the "
            f"{best['horizon_days']} days after {best['test_as_of_date']:%Y-%m-%d} (Gini {best['value']:.3f} against "
            f"{of_model:.3f}): amounts from the model, ranks from the rule."
        )
    return notes


def _of_segment(candidates: list[Measured], customers: pd.DataFrame, days: int) -> pd.DataFrame:
    bought, money = customers["future_order_days"] > 0, customers["future_net_sales"]
    amounts, scores = baselines(customers, days), ranks(customers)
    measured: list[Row] = []
    for each in candidates:
        frame = each.forecast
        chance = 1.0 - frame["probability_no_purchase"]
        measured += _values(each.name, each.role, "any_purchase_", PROBABILITY_METRICS, bought, chance)
        measured += _values(each.name, each.role, "", DEVIANCE, money, frame["predicted_value"])
        if frame["low"].notna().all():
            held = {"interval_coverage": coverage(money, frame["low"], frame["high"])}
            measured += _rows(each.name, each.role, {**held, "interval_width": (frame["high"] - frame["low"]).mean()})
    for target, (prefix, column, outcome) in TARGETS.items():
        truth = customers[outcome].astype(float)
        of_models = {(each.name, each.role): each.forecast[column] for each in candidates}
        published = {each.name for each in candidates}  # a rule that is published is measured as it is published
        of_rules = {(name, "baseline"): told for name, told in amounts[target].items() if name not in published}
        of_ranks = {(name, "baseline"): score for name, score in scores[target].items()}
        for who, amount in {**of_models, **of_rules}.items():
            measured += _values(*who, prefix, AMOUNT_METRICS, truth, amount)
        for who, score in {**of_models, **of_rules, **of_ranks}.items():
            measured += _values(*who, prefix, RANK_METRICS, truth, score)
            if target == "orders":
                measured += _values(*who, "any_purchase_", {"auc": metrics.auc}, bought, score)
    return pd.DataFrame(measured, columns=["candidate", "role", "metric", "value"])


def _values(
    candidate: str, role: str, prefix: str, named: Mapping[str, Metric], truth: pd.Series, forecast: pd.Series
) -> list[Row]:
    values = {f"{prefix}{name}": metric(truth, forecast) for name, metric in named.items()}
    return _rows(candidate, role, values)


def _rows(candidate: str, role: str, values: Mapping[str, float]) -> list[Row]:
    return [(candidate, role, metric, round(float(value), 6)) for metric, value in values.items()]
