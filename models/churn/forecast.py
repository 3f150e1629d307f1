"""The churn of every eligible customer from feature tables: learn or refuse, then score. Reads and writes nothing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import logit

from models.churn.evaluation import RELIABILITY_TYPES
from models.churn.ranker import ChurnRanker
from models.churn.reasons import CHANCE
from models.churn.samples import history_days, labelled_customers, with_dates
from models.churn.score_table import SHORT_HORIZON_DAYS, ChurnWindow, Standard, nobody
from models.churn.study import ChurnStudy
from models.churn.trained import TrainedChurn, TrainedHorizon
from models.feature_tables import customers_of, dated, feature_names, of_past, of_today, of_type
from models.hazard import Hazard
from models.lifetime_value.season import purchases_a_day
from models.one_thread import on_one_thread
from models.refusal import reasons_to_refuse
from models.result_tables import METRIC_TYPES, nothing


@dataclass(frozen=True)
class ChurnResult:
    """Scores of today's eligible customers, how good such scores were on a past window, and what a reader must know."""

    scores: pd.DataFrame
    metrics: pd.DataFrame
    reliability: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class ChurnTraining:
    """What can be scored with until learning is due again (None: nobody has bought), and how good it was."""

    trained: TrainedChurn | None
    metrics: pd.DataFrame
    reliability: pd.DataFrame
    notes: list[str]


@on_one_thread
def train_churn(
    past: pd.DataFrame,
    today: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    horizon_days: int,
    eligibility_days: int,
    purchase_days: pd.DataFrame | None = None,
    search_fits: int = 1,
    random_state: int = 0,
) -> ChurnTraining:
    """Learn to forecast which customers will buy nothing in the next 30 and in the next `horizon_days` days.

    Parameters
    ----------
    past : DataFrame
        Rows of table features.customer_features at past as-of dates, one per customer and date. Missing values are
        allowed.
    today : DataFrame
        Its rows of today; of them only the columns that REFUSED_BY and KNOWN_BY name, and as_of_date.
    outcomes : DataFrame
        Table features.customer_outcomes. The latest date with an outcome is the test; the model that is tested learned
        from dates whose window had ended by that date. The published one then learns from all of them.
    horizon_days, eligibility_days : int
        The window of silence, and the days before today in which somebody must have bought to count as a customer.
    purchase_days : DataFrame, optional
        customer_id and purchase_date of each day with a purchase, by which a season is known.
    search_fits : int
        So many ways of growing trees are tried on a window that was over by the test date (`search.searched`).
    random_state : int
        Seed; the same inputs give the same result, in whatever order the rows come.

    Returns
    -------
    ChurnTraining
        `metrics` (METRIC_TYPES) and `reliability` (RELIABILITY_TYPES) of the newest window that is over; none while
        there is no such window. Where there is too little to learn from the hazard scores, and `notes` say why.
    """
    names = feature_names(past)
    customers = customers_of(past, outcomes)
    known, followed = with_dates(of_type(customers, past)), with_dates(of_type(customers, outcomes))
    if today.empty:
        return ChurnTraining(None, *_nothing_measured(), ["Nobody has bought yet: there is nobody to score."])
    today = today.assign(as_of_date=pd.to_datetime(today["as_of_date"]))
    day = today["as_of_date"].max()
    by_date = [(pd.Timestamp(str(date)), rows) for date, rows in known.groupby("as_of_date")]
    purchases = purchases_a_day(purchase_days)
    hazards = {date: Hazard.at(rows, purchases) for date, rows in by_date}
    now, eligible = Hazard.at(today, purchases), (today["days_since_last_order"] < eligibility_days).to_numpy()
    studies = {}
    for days in sorted({SHORT_HORIZON_DAYS, horizon_days}):
        chances = [pd.Series(hazards[date].chance_of_none(rows, days), index=rows.index) for date, rows in by_date]
        described = known.assign(**{CHANCE: pd.concat(chances) if chances else np.nan})
        labelled = labelled_customers(described, followed, days, day)
        studies[days] = ChurnStudy(labelled, history_days(known), hazards, names, days, random_state)
    refused = {days: reasons_to_refuse(today, days) or study.reasons_to_refuse() for days, study in studies.items()}
    ranker, tried = ChurnRanker(random_state=random_state), None
    if not refused[horizon_days] and eligible.any():
        ranker, tried = studies[horizon_days].searched(search_fits)
    horizons, measured, tenths, notes = {}, [], [], []
    for days, study in studies.items():
        reasons, labelled = refused[days], study.labelled
        hazard, published, tested, lift = study.shifted(now, day), None, None, 0.0
        if not reasons and eligible.any():
            published, tested = study.classifiers(day, ranker, tried if days == horizon_days else None)
            chance = hazard.chance_of_none(today, days)[eligible]
            lift = float(logit(study.level(chance, hazard, day)) - logit(np.clip(chance.mean(), 0.01, 0.99)))
        horizons[str(days)] = TrainedHorizon(hazard, lift, published, names)
        if not labelled.empty:
            found, bins, told = study.test(tested)
            measured.append(found)
            tenths.append(bins)
            notes += told
        if reasons:
            why = "; ".join(reasons)
            notes.append(f"Churn within {days} days is the purchase process's chance, not a learned model's: {why}.")
    metrics = pd.concat(measured, ignore_index=True) if measured else nothing(METRIC_TYPES)
    bins = pd.concat(tenths, ignore_index=True) if tenths else nothing(RELIABILITY_TYPES)
    return ChurnTraining(TrainedChurn(horizons), metrics, bins, notes)


@on_one_thread
def standard_of(
    trained: TrainedChurn | None,
    today: pd.DataFrame,
    *,
    horizon_days: int,
    eligibility_days: int,
    medium_from: float,
    high_from: float,
) -> Standard | ChurnWindow:
    """What today's customers are scored by: from all of them, or from an even sample of very many.

    Parameters
    ----------
    trained : TrainedChurn or None
        Without it nobody had bought when it was learned, and nobody is scored.
    today : DataFrame
        Rows of today of table features.customer_features.
    horizon_days, eligibility_days : int
        The window of silence, and the days before today in which somebody must have bought to count as a customer.
    medium_from, high_from : float
        Where the bands begin. From 0.7 more than two in three leave: worth a costly offer. Below 0.4 most come back
        unasked.
    """
    window = ChurnWindow(horizon_days, eligibility_days, medium_from, high_from)
    return window if trained is None or today.empty else Standard.of(trained, window, dated(today, ["customer_id"]))


@on_one_thread
def score_churn(standard: Standard | ChurnWindow, today: pd.DataFrame) -> pd.DataFrame:
    """Which of today's eligible customers will leave, by what was learned on this day or on an earlier one.

    `today` holds rows of today of table features.customer_features: all, or some at a time. The table has the columns
    SCORE_COLUMNS, sorted by customer_id; the percentile runs from 0 (safest) to 100 and is equal for equal
    probabilities. The contributions add up to the log-odds of `churn_probability`. Nobody is likelier to leave within a
    longer horizon than within a shorter one.
    """
    return nobody(standard) if isinstance(standard, ChurnWindow) else standard.scores(dated(today, ["customer_id"]))


def forecast_churn(
    features: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    horizon_days: int,
    eligibility_days: int,
    purchase_days: pd.DataFrame | None = None,
    search_fits: int = 1,
    random_state: int = 0,
    **bounds: Any,
) -> ChurnResult:
    """Learn and score on one day; parameters are those of `train_churn` and `standard_of`."""
    past, today = of_past(features), of_today(features)
    window = {"horizon_days": horizon_days, "eligibility_days": eligibility_days}
    training = train_churn(
        past,
        today,
        outcomes,
        **window,
        purchase_days=purchase_days,
        search_fits=search_fits,
        random_state=random_state,
    )
    scores = score_churn(standard_of(training.trained, today, **window, **bounds), today)
    return ChurnResult(scores, training.metrics, training.reliability, training.notes)


def _nothing_measured() -> tuple[pd.DataFrame, pd.DataFrame]:
    return nothing(METRIC_TYPES), nothing(RELIABILITY_TYPES)
