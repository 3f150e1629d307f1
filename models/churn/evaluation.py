"""Measures churn scores on one past window beside rules that need no model. It never sees a date after that window."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from models import metrics
from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.recency_rule import RECENCY_RULE, recency_rule
from models.result_tables import ALL, metric_table

METRICS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "auc": metrics.auc,
    "average_precision": metrics.average_precision,
    "brier": metrics.brier,
    "log_loss": metrics.log_loss,
    "accuracy": metrics.accuracy,
    "bias": metrics.bias,
}
BASELINES = {"recency": "days_since_last_order", "frequency": "frequency", "past_total_spend": "net_sales"}


def measure(probability: np.ndarray, train: pd.DataFrame, test: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """One row per candidate and metric: of the model's `probability` for the rows of `test` and of the baselines.

    `train` and `test` are labelled customers; the baselines learn from `train` alone. Undefined metrics are left out.
    """
    baselines = {**baseline_probabilities(train, test), RECENCY_RULE: recency_rule(test, horizon_days)}
    truth = test["is_churned"].to_numpy()
    rows = [
        (name, "champion" if name == GRADIENT_BOOSTING else "baseline", metric, function(truth, np.asarray(forecast)))
        for name, forecast in {GRADIENT_BOOSTING: probability, **baselines}.items()
        for metric, function in METRICS.items()
    ]
    measured = pd.DataFrame(rows, columns=["candidate", "role", "metric", "value"])
    return metric_table(measured.assign(segment=ALL, customer_count=len(test)), test["as_of_date"].max(), horizon_days)


def baseline_probabilities(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, np.ndarray]:
    """What one number per customer says, by a logistic regression on it, and the past share for everybody."""
    probabilities = {}
    for name, column in BASELINES.items():
        line = LogisticRegression(C=1e6, max_iter=500).fit(_compressed(train[column]), train["is_churned"])
        probabilities[name] = line.predict_proba(_compressed(test[column]))[:, 1]
    probabilities["base_rate"] = np.full(len(test), train["is_churned"].mean())
    return probabilities


def _compressed(numbers: pd.Series) -> np.ndarray:
    """Signed logarithm as one column: money and days have long tails, which would bend the line to a few customers."""
    values = numbers.astype(float).fillna(0.0).to_numpy()
    return (np.sign(values) * np.log1p(np.abs(values))).reshape(-1, 1)
