"""Measures the value model on a past window beside rules that need no model. It never sees a date after that window."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from models import metrics
from models.lifetime_value.value_model import ValueModel

Metric = Callable[[ArrayLike, ArrayLike], float]

AMOUNT_METRICS = {"bias": metrics.bias, "mae": metrics.mae, "rmse": metrics.rmse, "correlation": metrics.correlation}
RANK_METRICS = {"spearman": metrics.spearman, "gini": metrics.normalised_gini}
PROBABILITY_METRICS = {"brier": metrics.brier, "log_loss": metrics.log_loss}

METRIC_TYPES = {
    "candidate": "str",
    "role": "str",
    "metric": "str",
    "value": "float64",
    "customer_count": "int64",
    "test_as_of_date": "datetime64[us]",
    "horizon_days": "int64",
}
METRIC_COLUMNS = list(METRIC_TYPES)

MODEL = "bg_nbd_gamma_gamma"

LEAST_LEAD = 0.005  # of a rule's Gini over the model's: less is noise even among 100,000 customers

# What is forecast: the prefix of its metrics, the column of the forecast, and the outcome it is held against.
TARGETS = {
    "orders": ("orders_", "expected_orders", "future_order_days"),
    "money": ("", "predicted_value", "future_net_sales"),
}


def measure(model: ValueModel, customers: pd.DataFrame, days: int) -> pd.DataFrame:
    """One row per candidate and metric of the window of `days` days after the customers' as-of date.

    `customers` holds the features at that date with the outcomes future_order_days and future_net_sales beside them.
    Metrics of money bear no prefix, those of days with a purchase orders_, and those of buying at all any_purchase_.
    Undefined ones are left out.
    """
    forecast = model.forecast(customers, days)
    bought = customers["future_order_days"].astype(float) > 0
    measured = [_values(MODEL, "any_purchase_", PROBABILITY_METRICS, bought, 1.0 - forecast["probability_no_purchase"])]
    for target, (prefix, column, outcome) in TARGETS.items():
        truth = customers[outcome].astype(float)
        amounts = {MODEL: forecast[column], **naive_amounts(customers, days)[target]}
        scores = {**amounts, **naive_scores(customers)[target]}
        measured += [_values(name, prefix, AMOUNT_METRICS, truth, amount) for name, amount in amounts.items()]
        measured += [_values(name, prefix, RANK_METRICS, truth, score) for name, score in scores.items()]
        if target == "orders":
            measured += [_values(name, "any_purchase_", {"auc": metrics.auc}, bought, x) for name, x in scores.items()]
    return pd.concat(measured).dropna(subset="value").assign(customer_count=len(customers), horizon_days=days)


def naive_amounts(customers: pd.DataFrame, days: int) -> dict[str, dict[str, pd.Series]]:
    """What somebody without a model would forecast: each customer's own past rate, or the shop's for everybody."""
    age, frequency = customers["age_days"].astype(float), customers["frequency"].astype(float)
    spend = frequency * customers["monetary_value"].astype(float).fillna(0.0)
    return {
        "orders": {
            "past_order_rate": _rate(frequency, age) * days,
            "same_for_everybody": _shared_rate(frequency, age) * days,
        },
        "money": {"past_spend_rate": _rate(spend, age) * days, "same_for_everybody": _shared_rate(spend, age) * days},
    }


def naive_scores(customers: pd.DataFrame) -> dict[str, dict[str, pd.Series]]:
    """Rules that only put customers in an order: who came last, who came most, who spent most."""
    recency = -customers["days_since_last_order"].astype(float)
    return {
        "orders": {"recency": recency, "past_order_days": customers["frequency"].astype(float)},
        "money": {"recency": recency, "past_total_spend": customers["net_sales"].astype(float)},
    }


def notes_on_better_rules(measured: pd.DataFrame) -> list[str]:
    """A warning for each target that a naive rule ranked better than the model did."""
    notes = []
    for target, (prefix, _, _) in TARGETS.items():
        ginis = measured[measured["metric"] == f"{prefix}gini"].sort_values("value")
        if ginis.empty:
            continue
        best, of_model = ginis.iloc[-1], ginis.loc[ginis["role"] == "model", "value"].max()
        if best["value"] < of_model + LEAST_LEAD:
            continue
        notes.append(
            f"The rule {best['candidate']} ranked customers by future {target} better than the model did in the test "
            f"window (Gini {best['value']:.3f} against {of_model:.3f}): amounts from the model, ranks from the rule."
        )
    return notes


def _values(
    candidate: str, prefix: str, named: Mapping[str, Metric], truth: pd.Series, forecast: pd.Series
) -> pd.DataFrame:
    values = {f"{prefix}{name}": round(metric(truth, forecast), 6) for name, metric in named.items()}
    role = "model" if candidate == MODEL else "baseline"
    return pd.DataFrame({"candidate": candidate, "role": role, "metric": values.keys(), "value": values.values()})


def _rate(amount: pd.Series, age: pd.Series) -> pd.Series:
    return (amount / age.where(age > 0)).fillna(0.0)


def _shared_rate(amount: pd.Series, age: pd.Series) -> pd.Series:
    return pd.Series(amount.sum() / age.sum() if age.sum() > 0 else 0.0, index=amount.index, dtype=np.float64)
