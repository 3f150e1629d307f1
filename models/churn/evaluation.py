"""Measures churn scores on one past window beside rules that need no model. It never sees a date after that window."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from models import metrics
from models.churn.recency_rule import RECENCY_RULE, recency_rule
from models.result_tables import ALL, metric_table, typed

METRICS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "auc": metrics.auc,
    "average_precision": metrics.average_precision,
    "brier": metrics.brier,
    "log_loss": metrics.log_loss,
    "accuracy": metrics.accuracy,
    "ece": metrics.ece,
    "bias": metrics.bias,
}
BASELINES = {"recency": "days_since_last_order", "frequency": "frequency", "past_total_spend": "net_sales"}


RELIABILITY_TYPES = {
    "candidate": "str",
    "tenth": "int64",
    "customer_count": "int64",
    "predicted_mean": "float64",
    "actual_mean": "float64",
    "test_as_of_date": "datetime64[us]",
    "horizon_days": "int64",
}


def measure(
    foretold: dict[str, np.ndarray], train: pd.DataFrame, test: pd.DataFrame, horizon_days: int
) -> pd.DataFrame:
    """One row per candidate and metric: of the probabilities `foretold` for the rows of `test`, and of the baselines.

    The first of `foretold` is the champion. `train` and `test` are labelled customers; the baselines learn from `train`
    alone, and of an empty one or of one class nothing. Undefined metrics are left out.
    """
    baselines = {**baseline_probabilities(train, test), RECENCY_RULE: recency_rule(test, horizon_days)}
    truth, champion = test["is_churned"].to_numpy(), next(iter(foretold))
    roles = {name: "champion" if name == champion else "challenger" for name in foretold}
    rows = [
        (name, roles.get(name, "baseline"), metric, function(truth, np.asarray(forecast)))
        for name, forecast in {**foretold, **baselines}.items()
        for metric, function in METRICS.items()
    ]
    measured = pd.DataFrame(rows, columns=["candidate", "role", "metric", "value"])
    return metric_table(measured.assign(segment=ALL, customer_count=len(test)), test["as_of_date"].max(), horizon_days)


def reliability(foretold: dict[str, np.ndarray], test: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """By candidate and tenth of the customers, in the order of its forecast: the mean forecast, and the share who left.

    Columns of RELIABILITY_TYPES; customers with equal forecasts share a tenth, so that some may be empty and left out.
    """
    parts = []
    for name, forecast in foretold.items():
        frame = pd.DataFrame({"predicted": forecast, "actual": test["is_churned"].to_numpy(dtype=float)})
        means = frame.groupby(metrics.reliability_bins(forecast) + 1).agg(
            customer_count=("actual", "size"), predicted_mean=("predicted", "mean"), actual_mean=("actual", "mean")
        )
        parts.append(means.round(6).rename_axis("tenth").reset_index().assign(candidate=name))
    table = pd.concat(parts).assign(test_as_of_date=test["as_of_date"].max(), horizon_days=horizon_days)
    return typed(table, RELIABILITY_TYPES)


def baseline_probabilities(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, np.ndarray]:
    """What one number per customer says, by a logistic regression on it, and the past share for everybody."""
    probabilities: dict[str, np.ndarray] = {}
    if train["is_churned"].nunique() < 2:
        return probabilities
    for name, column in BASELINES.items():
        line = LogisticRegression(C=1e6, max_iter=500).fit(_compressed(train[column]), train["is_churned"])
        probabilities[name] = line.predict_proba(_compressed(test[column]))[:, 1]
    probabilities["base_rate"] = np.full(len(test), train["is_churned"].mean())
    return probabilities


def _compressed(numbers: pd.Series) -> np.ndarray:
    """Signed logarithm as one column: money and days have long tails, which would bend the line to a few customers."""
    values = numbers.astype(float).fillna(0.0).to_numpy()
    return (np.sign(values) * np.log1p(np.abs(values))).reshape(-1, 1)
