"""Measures churn scores on one past window beside rules that need no model. It never sees a date after that window."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from models import metrics
from models.churn.classifier import ChurnClassifier
from models.churn.rule import METHOD as RULE
from models.churn.rule import recency_rule

MODEL = "gradient_boosting"

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
METRICS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {
    "auc": metrics.auc,
    "average_precision": metrics.average_precision,
    "brier": metrics.brier,
    "log_loss": metrics.log_loss,
    "accuracy": metrics.accuracy,
    "bias": metrics.bias,
}
BASELINES = {"recency": "days_since_last_order", "frequency": "frequency", "past_total_spend": "net_sales"}
REPEATS = 3
MOST_ROWS_TO_PERMUTE = 5_000


def measure(probability: np.ndarray, train: pd.DataFrame, test: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """One row per candidate and metric: of the model's `probability` for the rows of `test` and of the baselines.

    `train` and `test` are labelled customers; the baselines learn from `train` alone. Undefined metrics are left out.
    """
    candidates = {MODEL: probability, **baseline_probabilities(train, test), RULE: recency_rule(test, horizon_days)}
    truth = test["is_churned"].to_numpy()
    rows = [
        (name, "champion" if name == MODEL else "baseline", metric, function(truth, np.asarray(forecast, dtype=float)))
        for name, forecast in candidates.items()
        for metric, function in METRICS.items()
    ]
    measured = pd.DataFrame(rows, columns=METRIC_COLUMNS[:4]).dropna(subset="value")
    facts = {"customer_count": len(test), "test_as_of_date": test["as_of_date"].max(), "horizon_days": horizon_days}
    return measured.assign(**facts).astype(METRIC_TYPES)


def baseline_probabilities(train: pd.DataFrame, test: pd.DataFrame) -> dict[str, np.ndarray]:
    """What one number per customer says, by a logistic regression on it, and the past share for everybody."""
    probabilities = {}
    for name, column in BASELINES.items():
        line = LogisticRegression(C=1e6, max_iter=500).fit(_compressed(train[column]), train["is_churned"])
        probabilities[name] = line.predict_proba(_compressed(test[column]))[:, 1]
    probabilities["base_rate"] = np.full(len(test), train["is_churned"].mean())
    return probabilities


def importances(model: ChurnClassifier, X: np.ndarray, truth: np.ndarray, names: list[str], seed: int) -> pd.DataFrame:
    """How much AUC is lost when one feature is shuffled among the test customers: columns feature, auc_drop.

    Related features stand in for each other, so a small drop does not mean that a feature says nothing.
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(X))[:MOST_ROWS_TO_PERMUTE])
    X, truth = X[rows], truth[rows]
    whole = metrics.auc(truth, model.decision_function(X))
    shuffled = np.mean([_aucs_when_shuffled(model, X, truth, random) for _ in range(REPEATS)], axis=0)
    table = pd.DataFrame({"feature": names, "auc_drop": np.round(whole - shuffled, 6)})
    return table.sort_values(["auc_drop", "feature"], ascending=[False, True], ignore_index=True)


def _aucs_when_shuffled(
    model: ChurnClassifier, X: np.ndarray, truth: np.ndarray, random: np.random.Generator
) -> list[float]:
    """AUC after shuffling each column in turn; scored in one go, since a call has a price of its own."""
    copies = np.tile(X, (X.shape[1], 1, 1))
    for column in range(X.shape[1]):
        copies[column, :, column] = random.permutation(X[:, column])
    scores = model.decision_function(copies.reshape(-1, X.shape[1]))
    return [metrics.auc(truth, score) for score in scores.reshape(X.shape[1], -1)]


def _compressed(numbers: pd.Series) -> np.ndarray:
    """Signed logarithm as one column: money and days have long tails, which would bend the line to a few customers."""
    values = numbers.astype(float).fillna(0.0).to_numpy()
    return (np.sign(values) * np.log1p(np.abs(values))).reshape(-1, 1)
