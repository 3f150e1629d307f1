"""The churn of every eligible customer from feature tables: refuse or test, refit, score. Reads and writes nothing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.classifier import ChurnClassifier
from models.churn.inputs import relative_inputs
from models.churn.recency_rule import RECENCY_RULE, recency_rule
from models.churn.samples import history_days, labelled_customers, with_dates
from models.churn.study import ChurnStudy
from models.feature_tables import customers_of, feature_names, of_today, of_type
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


@on_one_thread
def forecast_churn(
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    horizon_days: int,
    eligibility_days: int,
    medium_from: float,
    high_from: float,
    random_state: int = 0,
) -> ChurnResult:
    """Forecast which of today's eligible customers will buy nothing in the next `horizon_days` days.

    Parameters
    ----------
    features : DataFrame
        Table features.customer_features: one row per customer and as-of date; `is_today` marks those to score. Missing
        values are allowed.
    outcomes : DataFrame
        Table features.customer_outcomes. The latest date with an outcome is the test; the model that is tested learned
        from dates whose window had ended by that date. The published one then learns from all of them.
    horizon_days, eligibility_days : int
        The window of silence, and the days before today in which somebody must have bought to count as a customer.
    random_state : int
        Seed; the same inputs give the same result, in whatever order the rows come.
    medium_from, high_from : float
        Where the bands begin. From 0.7 more than two in three leave: worth a costly offer. Below 0.4 most come back
        unasked.

    Returns
    -------
    ChurnResult
        `scores`: columns SCORE_COLUMNS, sorted by customer_id; the percentile runs from 0 (safest) to 100 and is equal
        for equal probabilities. `metrics`: columns of METRIC_TYPES.
        Where there is too little to learn from the method is recency_rule, there are none, and `notes` say why.
    """
    names = feature_names(features)
    customers = customers_of(features, outcomes)
    dated = with_dates(of_type(customers, features))
    today = of_today(dated).reset_index(drop=True)
    eligible = today[today["days_since_last_order"] < eligibility_days].reset_index(drop=True)
    labelled = labelled_customers(dated, with_dates(of_type(customers, outcomes)), horizon_days)
    study = ChurnStudy(labelled, history_days(dated), names, horizon_days, random_state)
    reasons = reasons_to_refuse(today, horizon_days) or study.reasons_to_refuse()
    if reasons:
        notes = ["Churn is a rule on recency, not a model's forecast: " + "; ".join(reasons) + "."]
        scores = _scores(eligible, recency_rule(eligible, horizon_days), RECENCY_RULE, horizon_days)
        return ChurnResult(_with_bands(scores, medium_from, high_from), nothing(METRIC_TYPES), notes)
    measured, notes = study.test()
    model = study.classifier(today["as_of_date"].max())
    scores = _scores(eligible, _probability(model, eligible, names), GRADIENT_BOOSTING, horizon_days)
    return ChurnResult(_with_bands(scores, medium_from, high_from), measured, notes)


def _probability(model: ChurnClassifier, eligible: pd.DataFrame, names: list[str]) -> np.ndarray:
    if eligible.empty:
        return np.empty(0)
    return model.predict_proba(relative_inputs(eligible, names))[:, 1]


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
