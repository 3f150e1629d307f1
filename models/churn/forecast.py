"""The churn of every eligible customer from feature tables: learn or refuse, then score. Reads and writes nothing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from models.boosted_trees import GRADIENT_BOOSTING
from models.churn.classifier import ChurnClassifier
from models.churn.evaluation import RELIABILITY_TYPES
from models.churn.hazard import HAZARD, Hazard
from models.churn.inputs import relative_inputs
from models.churn.ranker import ChurnRanker
from models.churn.reasons import (
    CHANCE,
    CONTRIBUTION_COLUMNS,
    REASON_COLUMNS,
    RHYTHM,
    THEMES,
    Explained,
    theme_numbers,
)
from models.churn.samples import history_days, labelled_customers, with_dates
from models.churn.study import ChurnStudy, beside_of
from models.feature_tables import KEY, customers_of, dated, feature_names, of_past, of_today, of_type
from models.lifetime_value.season import purchases_a_day
from models.one_thread import on_one_thread
from models.refusal import reasons_to_refuse
from models.result_tables import METRIC_TYPES, nothing

SHORT_HORIZON_DAYS = 30

SCORE_COLUMNS = [
    "customer_id",
    "as_of_date",
    "horizon_days",
    "method",
    "churn_probability",
    "churn_percentile",
    "churn_band",
    "churn_probability_30d",
    *REASON_COLUMNS,
    *CONTRIBUTION_COLUMNS,
]


@dataclass(frozen=True)
class ChurnResult:
    """Scores of today's eligible customers, how good such scores were on a past window, and what a reader must know."""

    scores: pd.DataFrame
    metrics: pd.DataFrame
    reliability: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class TrainedHorizon:
    """A hazard, and where there was enough to learn from a classifier fitted to these features and to its chances.

    `lift` is added to the log-odds of the share that the hazard foretells (`ChurnStudy.level`).
    """

    hazard: Hazard
    lift: float
    classifier: ChurnClassifier | None
    names: list[str]

    @property
    def method(self) -> str:
        """What scores."""
        return HAZARD if self.classifier is None else GRADIENT_BOOSTING

    def explained(self, customers: pd.DataFrame, is_eligible: np.ndarray, inputs: np.ndarray, days: int) -> Explained:
        """The chance that each of the eligible buys nothing in the next `days` days, and what it is made of.

        `customers` are all of the day: the shop's own rate is theirs. `inputs` are those of the eligible by
        `relative_inputs`, with a column more at the end, which is written.
        """
        eligible = customers.loc[is_eligible, KEY]
        chance = self.hazard.chance_of_none(customers, days)[is_eligible]
        shares, rhythm = np.zeros((len(eligible), len(THEMES))), list(THEMES).index(RHYTHM)
        if self.classifier is None or eligible.empty:
            shares[:, rhythm] = logit(chance)
            return Explained.of(shares, 0.0)
        described = eligible.assign(**{CHANCE: chance})
        inputs[:, -1] = relative_inputs(described, [CHANCE])[:, 0]
        of_themes = self.classifier.shares(inputs, theme_numbers([*self.names, CHANCE]))
        shares[:, : of_themes.shape[1]] = of_themes
        shares[:, rhythm] += self.classifier.weights_[2] * beside_of(described)
        level = float(expit(logit(np.clip(chance.mean(), 0.01, 0.99)) + self.lift))
        return Explained.of(shares, self.classifier.intercept_at(shares.sum(axis=1), level))


@dataclass(frozen=True)
class TrainedChurn:
    """What was learned of each horizon, by its days as a text: enough to score later customers, and no customer."""

    horizons: dict[str, TrainedHorizon]


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
        Without it nobody had bought when it was learned, and nobody is scored.
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
        probabilities. The contributions add up to the log-odds of `churn_probability`. Nobody is likelier to leave
        within a longer horizon than within a shorter one.
    """
    today = dated(of_today(features), ["customer_id"])
    if trained is None:
        nobody = Explained.of(np.zeros((0, len(THEMES))), 0.0)
        return _with_bands(_scores(today.head(0), nobody, HAZARD, horizon_days), np.empty(0), medium_from, high_from)
    is_eligible = (today["days_since_last_order"] < eligibility_days).to_numpy()
    eligible = today[is_eligible].reset_index(drop=True)
    horizon, short = (trained.horizons[str(days)] for days in (horizon_days, SHORT_HORIZON_DAYS))
    inputs = np.empty((len(eligible), len(horizon.names) + 1), order="F")  # of both horizons, but for the last column
    inputs[:, :-1] = relative_inputs(eligible, horizon.names)
    soon = short.explained(today, is_eligible, inputs, SHORT_HORIZON_DAYS).probability
    explained = horizon.explained(today, is_eligible, inputs, horizon_days)
    probability = explained.probability
    soon = np.maximum(soon, probability) if horizon_days >= SHORT_HORIZON_DAYS else np.minimum(soon, probability)
    return _with_bands(_scores(eligible, explained, horizon.method, horizon_days), soon, medium_from, high_from)


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
    """Learn and score on one day; parameters are those of `train_churn` and `score_churn`."""
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
    scores = score_churn(training.trained, features, **window, **bounds)
    return ChurnResult(scores, training.metrics, training.reliability, training.notes)


def _nothing_measured() -> tuple[pd.DataFrame, pd.DataFrame]:
    return nothing(METRIC_TYPES), nothing(RELIABILITY_TYPES)


def _scores(eligible: pd.DataFrame, explained: Explained, method: str, horizon_days: int) -> pd.DataFrame:
    scores = eligible[["customer_id", "as_of_date"]].assign(horizon_days=horizon_days, method=method)
    scores["customer_id"] = scores["customer_id"].astype("str")
    scores["churn_probability"] = np.round(explained.probability, 6)
    rank = scores["churn_probability"].rank() - 1  # customers with equal probabilities share their mean rank
    scores["churn_percentile"] = (100.0 * rank / max(len(scores) - 1, 1)).round(2)
    return pd.concat([scores.reset_index(drop=True), explained.table()], axis=1)


def _with_bands(scores: pd.DataFrame, soon: np.ndarray, medium_from: float, high_from: float) -> pd.DataFrame:
    probability = scores["churn_probability"]
    bands = np.select([probability < medium_from, probability < high_from], ["low", "medium"], default="high")
    scores = scores.assign(churn_band=bands, churn_probability_30d=np.round(soon, 6))
    return scores[SCORE_COLUMNS].sort_values("customer_id", ignore_index=True)
