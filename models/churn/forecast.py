"""The churn of every eligible customer from feature tables: learn or refuse, then score. Reads and writes nothing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.classifier import ChurnClassifier
from models.churn.inputs import relative_inputs
from models.churn.recency_rule import RECENCY_RULE, recency_rule
from models.churn.samples import history_days, labelled_customers, with_dates
from models.churn.study import ChurnStudy
from models.feature_tables import customers_of, dated, feature_names, of_past, of_today, of_type
from models.one_thread import on_one_thread
from models.refusal import reasons_to_refuse
from models.result_tables import METRIC_TYPES, nothing

SCORE_COLUMNS = [
    "customer_id",
    "as_of_date",
    "horizon_days",
    "method",
    "churn_probability",
    "churn_percentile",
    "churn_band",
]


@dataclass(frozen=True)
class ChurnResult:
    """Scores of today's eligible customers, how good such scores were on a past window, and what a reader must know."""

    scores: pd.DataFrame
    metrics: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class TrainedChurn:
    """A fitted classifier and the features it was fitted to: enough to score later customers, and no customer."""

    classifier: ChurnClassifier
    names: list[str]


@dataclass(frozen=True)
class ChurnTraining:
    """What can be scored with until learning is due again (None: too little to learn from), and how good it was."""

    trained: TrainedChurn | None
    metrics: pd.DataFrame
    notes: list[str]


@on_one_thread
def train_churn(
    past: pd.DataFrame, today: pd.DataFrame, outcomes: pd.DataFrame, *, horizon_days: int, random_state: int = 0
) -> ChurnTraining:
    """Learn to forecast which customers will buy nothing in the next `horizon_days` days.

    Parameters
    ----------
    past : DataFrame
        Rows of table features.customer_features at past as-of dates, one per customer and date. Missing values are
        allowed.
    today : DataFrame
        Its rows of today; of them only the columns that REFUSED_BY names, and as_of_date.
    outcomes : DataFrame
        Table features.customer_outcomes. The latest date with an outcome is the test; the model that is tested learned
        from dates whose window had ended by that date. The published one then learns from all of them.
    horizon_days : int
        The window of silence.
    random_state : int
        Seed; the same inputs give the same result, in whatever order the rows come.

    Returns
    -------
    ChurnTraining
        `metrics`: columns of METRIC_TYPES. Where there is too little to learn from there are none, and `notes` say why.
    """
    names = feature_names(past)
    customers = customers_of(past, outcomes)
    known = with_dates(of_type(customers, past))
    day = pd.to_datetime(today["as_of_date"]).max()
    labelled = labelled_customers(known, with_dates(of_type(customers, outcomes)), horizon_days, day)
    study = ChurnStudy(labelled, history_days(known), names, horizon_days, random_state)
    reasons = reasons_to_refuse(today, horizon_days) or study.reasons_to_refuse()
    if reasons:
        notes = ["Churn is a rule on recency, not a model's forecast: " + "; ".join(reasons) + "."]
        return ChurnTraining(None, nothing(METRIC_TYPES), notes)
    published, tested = study.classifiers(day)
    measured, notes = study.test(tested)
    return ChurnTraining(TrainedChurn(published, names), measured, notes)


@on_one_thread
def score_churn(
    trained: TrainedChurn | None,
    features: pd.DataFrame,
    *,
    horizon_days: int,
    eligibility_days: int,
    medium_from: float,
    high_from: float,
) -> pd.DataFrame:
    """Which of today's eligible customers will leave, by what was learned on this day or on an earlier one.

    Parameters
    ----------
    trained : TrainedChurn or None
        Without it the method is recency_rule.
    features : DataFrame
        Table features.customer_features; only rows of today are used.
    horizon_days, eligibility_days : int
        The window of silence, and the days before today in which somebody must have bought to count as a customer.
    medium_from, high_from : float
        Where the bands begin. From 0.7 more than two in three leave: worth a costly offer. Below 0.4 most come back
        unasked.

    Returns
    -------
    DataFrame
        Columns SCORE_COLUMNS, sorted by customer_id; the percentile runs from 0 (safest) to 100 and is equal for equal
        probabilities.
    """
    today = dated(of_today(features), ["customer_id"])
    eligible = today[today["days_since_last_order"] < eligibility_days].reset_index(drop=True)
    if trained is None:
        scores = _scores(eligible, recency_rule(eligible, horizon_days), RECENCY_RULE, horizon_days)
    else:
        scores = _scores(eligible, _probability(trained, eligible), GRADIENT_BOOSTING, horizon_days)
    return _with_bands(scores, medium_from, high_from)


def forecast_churn(
    features: pd.DataFrame, outcomes: pd.DataFrame, *, horizon_days: int, random_state: int = 0, **bounds: Any
) -> ChurnResult:
    """Learn and score on one day; parameters are those of `train_churn` and `score_churn`."""
    past, today = of_past(features), of_today(features)
    training = train_churn(past, today, outcomes, horizon_days=horizon_days, random_state=random_state)
    scores = score_churn(training.trained, features, horizon_days=horizon_days, **bounds)
    return ChurnResult(scores, training.metrics, training.notes)


def _probability(trained: TrainedChurn, eligible: pd.DataFrame) -> np.ndarray:
    if eligible.empty:
        return np.empty(0)
    return trained.classifier.predict_proba(relative_inputs(eligible, trained.names))[:, 1]


def _scores(
    eligible: pd.DataFrame, probability: np.ndarray | pd.Series, method: str, horizon_days: int
) -> pd.DataFrame:
    scores = eligible[["customer_id", "as_of_date"]].assign(horizon_days=horizon_days, method=method)
    scores["customer_id"] = scores["customer_id"].astype("str")
    scores["churn_probability"] = np.round(np.asarray(probability, dtype=float), 6)
    rank = scores["churn_probability"].rank() - 1  # customers with equal probabilities share their mean rank
    scores["churn_percentile"] = (100.0 * rank / max(len(scores) - 1, 1)).round(2)
    return scores


def _with_bands(scores: pd.DataFrame, medium_from: float, high_from: float) -> pd.DataFrame:
    probability = scores["churn_probability"]
    bands = np.select([probability < medium_from, probability < high_from], ["low", "medium"], default="high")
    return scores.assign(churn_band=bands)[SCORE_COLUMNS].sort_values("customer_id", ignore_index=True)
