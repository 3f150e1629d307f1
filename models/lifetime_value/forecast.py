"""The lifetime value of every customer from feature tables: learn or refuse, then score. Reads and writes nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from models.feature_tables import of_past, of_today
from models.lifetime_value.candidates import Candidates, fit_candidates
from models.lifetime_value.evaluation import CALIBRATION_TYPES
from models.lifetime_value.evidence import Evidence, customers_to_score
from models.lifetime_value.race import Plan, Tiers, first_plan, plan_of
from models.lifetime_value.report import report_of, sentence_on
from models.lifetime_value.rules import LEAST_REPEATS_FOR_A_RATE, Rates
from models.lifetime_value.score_table import (
    HISTOGRAM_TYPES,
    HORIZONS,
    Standard,
    frequency_histogram,
    plain_scores,
    scores_of,
)
from models.lifetime_value.season import TRACKING_TYPES
from models.lifetime_value.trained import TrainedValue
from models.lifetime_value.value_model import dependence_note
from models.lifetime_value.windows import Window, belief_in_season, beside_season, over_by, past_windows
from models.one_thread import on_one_thread
from models.result_tables import METRIC_TYPES, nothing

WORKERS = 2


@dataclass(frozen=True)
class LifetimeValueResult:
    """Scores of today's customers, how good such scores were on a past window, and what a reader must know."""

    scores: pd.DataFrame
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    tracking: pd.DataFrame
    frequency_histogram: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class LifetimeValueTraining:
    """What can be scored with until learning is due again (None: too little to learn from), and how good it was."""

    trained: TrainedValue | None
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    tracking: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True)
class LifetimeValueScores:
    """Scores of today's customers, and how many of them came back how often beside what the model expects."""

    scores: pd.DataFrame
    frequency_histogram: pd.DataFrame


@on_one_thread
def train_lifetime_value(
    past: pd.DataFrame,
    today: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    senior_from: float,
    vip_above: float,
    discount_rate: float = 0.0,
    random_state: int = 0,
    purchase_days: pd.DataFrame | None = None,
    with_season: bool = True,
) -> LifetimeValueTraining:
    """Learn to forecast what customers will spend in the next 30, 90 and 365 days.

    Parameters
    ----------
    past : DataFrame
        Rows of table features.customer_features at past as-of dates, one per customer and date.
    today : DataFrame
        Its rows of today, and of them only what is fitted: the columns of FITTED.
    outcomes : DataFrame
        Table features.customer_outcomes: what followed past as-of dates, in windows of some lengths. Each horizon is
        planned by the windows of its own length that are over, or of the next shorter length that has any.
    discount_rate : float
        A year's interest, 0.1 for 10 %: money expected t days ahead counts (1 + rate / 365) ** -t. Applied to the
        published values and never to what is measured.
    random_state : int
        Seed; the same inputs give the same result, in whatever order the rows come.
    purchase_days : DataFrame, optional
        customer_id and purchase_date of each day with a purchase. Without it there is neither tracking nor season.
    with_season : bool
        Whether forecasts follow the season of the last year, when the history is 379 days or more and past windows, so
        far as it was known in them, do not speak against it.
    senior_from, vip_above : float
        Net sales of twelve months at which the tiers begin that intervals and metrics are split by.

    Returns
    -------
    LifetimeValueTraining
        `metrics`, `calibration`, `tracking`: the newest windows that are over, forecast as was known when they began;
        empty while none is. `notes`: sentences.
    """
    evidence = Evidence.of(past, today, outcomes, purchase_days)
    tiers, customers = Tiers(senior_from, vip_above), evidence.today()
    if customers.empty:
        return LifetimeValueTraining(None, *_nothing_measured(), ["Nobody has bought yet: there is nobody to score."])
    lengths = [days for days in evidence.lengths if evidence.dates_over(evidence.newest_date, days)]
    how: dict[str, Any] = {"with_season": with_season, "discount_rate": discount_rate, "random_state": random_state}
    with ThreadPoolExecutor(WORKERS) as workers:
        # what is known by today learns beside what was known by past dates, before these say how far a season holds
        now = workers.submit(on_one_thread(fit_candidates), evidence, customers, lengths, **how)
        windows = past_windows(evidence, lengths, random_state, workers)
        report = report_of(evidence, windows, tiers, random_state, with_season, workers)
        over = over_by(windows, evidence.newest_date)
        belief = belief_in_season(over) if with_season else 0.0
        notes = [*_on_the_season(over, belief), *report.notes]
        windows = {days: [window.believing_the_season(belief) for window in found] for days, found in windows.items()}
        candidates = now.result().believing_the_season(belief)
        if candidates.know_a_rate(candidates.crowd(customers)):
            age = float(customers["age_days"].max())
            plan = partial(_plan, windows=windows, candidates=candidates, age_days=age, tiers=tiers)
            plans = dict(zip(map(str, HORIZONS), workers.map(on_one_thread(plan), HORIZONS), strict=True))
            notes += [*(sentence_on(plan) for plan in plans.values()), *candidates.notes, candidates.outlook.sentence()]
            notes += dependence_note(customers)
            trained = TrainedValue(candidates, plans, tiers, random_state)
        else:
            few = f"fewer than {LEAST_REPEATS_FOR_A_RATE} purchases were anybody's second or later one"
            notes.append(f"Lifetime value is the plain ratio, not a model's forecast: {few}.")
            trained = None
    told = report.metrics, report.calibration, report.tracking
    return LifetimeValueTraining(trained, *told, list(dict.fromkeys(notes)))


@on_one_thread
def standard_of(trained: TrainedValue | None, today: pd.DataFrame) -> Standard | Rates:
    """What today's customers are scored by: from all of them, or from an even sample of very many.

    `today` holds rows of today of table features.customer_features. With nothing `trained`, or nobody, it is the
    shop's rates.
    """
    customers = customers_to_score(today)
    return Rates.of(customers) if trained is None or customers.empty else Standard.of(trained, customers)


@on_one_thread
def score_lifetime_value(standard: Standard | Rates, today: pd.DataFrame) -> LifetimeValueScores:
    """What each of today's customers will spend, by what was learned on this day or on an earlier one.

    `today` holds rows of today of table features.customer_features: all, or some at a time.

    `scores`: one row per customer, columns of SCORE_TYPES, sorted by customer_id. Orders are days with a purchase.
    Values never fall with the horizon; intervals are the shortest that held `interval_level` of past windows' truths,
    for the value tier where enough customers were in it, and hold the value. With nothing `trained` the method is
    plain_ratio, and chances, intervals and challenger are missing: a ratio knows none.
    `frequency_histogram`: customers by repeat purchases, 10 stands for 10 and more; empty without a purchase model.
    """
    customers = customers_to_score(today)
    if isinstance(standard, Rates):
        return LifetimeValueScores(plain_scores(customers, standard), nothing(HISTOGRAM_TYPES))
    return LifetimeValueScores(scores_of(standard, customers), frequency_histogram(standard.trained, customers))


def forecast_lifetime_value(features: pd.DataFrame, outcomes: pd.DataFrame, **how: Any) -> LifetimeValueResult:
    """Learn and score on one day; `features` of all dates, `how` as learning."""
    past, today = of_past(features), of_today(features)
    training = train_lifetime_value(past, today, outcomes, **how)
    scored = score_lifetime_value(standard_of(training.trained, today), today)
    told = {field.name: getattr(training, field.name) for field in fields(training) if field.name != "trained"}
    return LifetimeValueResult(scored.scores, frequency_histogram=scored.frequency_histogram, **told)


def _plan(days: int, windows: dict[int, list[Window]], candidates: Candidates, age_days: float, tiers: Tiers) -> Plan:
    """By the longest windows within the horizon of which two are over, else by the longest of which one is."""
    for least in (2, 1):
        for length in sorted(windows, reverse=True):
            if length <= days and len(windows[length]) >= least:
                return plan_of(days, windows[length], candidates.names_for(length, age_days), tiers)
    return first_plan(days, candidates.names_for(days, age_days))


def _on_the_season(windows: list[Window], belief: float) -> list[str]:
    """What past windows said of the season, in words."""
    came, foretold = beside_season(windows).T
    if not len(came):
        return []
    without, with_it = (float(np.expm1(np.abs(came - share * foretold).mean())) for share in (0.0, belief))
    return [
        f"{belief:.0%} of the season's moves are believed: over {len(came)} past windows that changes the mean error "
        f"of the total from {without:.1%} to {with_it:.1%}."
    ]


def _nothing_measured() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return nothing(METRIC_TYPES), nothing(CALIBRATION_TYPES), nothing(TRACKING_TYPES)
