"""The lifetime value of every customer from feature tables: learn or refuse, then score. Reads and writes nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from models.lifetime_value.candidates import Settings, candidates_or_reasons
from models.lifetime_value.evidence import Evidence, customers_to_score, past_and_present
from models.lifetime_value.report import report_of
from models.lifetime_value.score_table import (
    HISTOGRAM_TYPES,
    frequency_histogram,
    plain_scores,
    scores_of,
    trained_value,
)
from models.lifetime_value.study import choose, put_to_the_test
from models.lifetime_value.trained import TrainedValue
from models.lifetime_value.value_model import dependence_note
from models.one_thread import on_one_thread
from models.result_tables import nothing

DEFAULT_WINDOW_DAYS = 181  # the window a model must have proved itself on when no outcome says otherwise


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
        Rows of table features.customer_features at past as-of dates, one per customer and date. With a column `channel`
        purchase models are fitted apart by it, or by the year of the first purchase, when that lowers the deviance on
        the validation window by 1 % or more, else to all.
    today : DataFrame
        Its rows of today, and of them only what is fitted: the columns of FITTED.
    outcomes : DataFrame
        Table features.customer_outcomes: what followed past as-of dates. The longest horizon is the window that
        forecasts are measured on. The newest date whose window is over is the test; the newest whose window was over
        at the test date is the validation, on which everything is chosen.
    discount_rate : float
        A year's interest, 0.1 for 10 %: money expected t days ahead counts (1 + rate / 365) ** -t. Applied to the
        published values and never to what is measured.
    random_state : int
        Seed; the same inputs give the same result, in whatever order the rows come.
    purchase_days : DataFrame, optional
        customer_id and purchase_date of each day with a purchase. Without it there is neither tracking nor season.
    with_season : bool
        Whether forecasts follow the season of the last year, when the history is 545 days or more and the validation
        window, where it could be known there, does not speak against it.
    senior_from, vip_above : float
        Net sales of 365 days at which the tiers begin that metrics are split by.

    Returns
    -------
    LifetimeValueTraining
        `metrics`, `calibration`, `tracking`: the test window and the candidates fitted at its beginning; empty when
        none can be measured. `notes`: sentences.
    """
    evidence = Evidence.of(past, today, outcomes, purchase_days)
    settings = Settings(evidence.window_days(DEFAULT_WINDOW_DAYS), with_season, None, discount_rate, random_state)
    chosen, customers = choose(evidence, settings), evidence.today()
    with ThreadPoolExecutor(1) as beside:  # what is tested and what is published need nothing of each other
        published = beside.submit(on_one_thread(candidates_or_reasons), evidence, customers, chosen.settings)
        studied = put_to_the_test(evidence, chosen)
        measured, deciles, tracked, notes = report_of(evidence, studied, senior_from, vip_above)
        candidates, reasons = published.result()
    if candidates is None:
        notes = [*notes, "Lifetime value is the plain ratio, not a model's forecast: " + "; ".join(reasons) + "."]
        trained = None
    else:
        notes = [*notes, *candidates.notes, candidates.outlook.sentence(), *dependence_note(customers)]
        trained = trained_value(candidates, studied)
    return LifetimeValueTraining(trained, measured, deciles, tracked, list(dict.fromkeys(notes)))


@on_one_thread
def score_lifetime_value(trained: TrainedValue | None, today: pd.DataFrame) -> LifetimeValueScores:
    """What each of today's customers will spend, by what was learned on this day or on an earlier one.

    `today` holds the rows of today of table features.customer_features, with `channel` where it was learned with.

    `scores`: one row per customer, columns of SCORE_TYPES, sorted by customer_id. Orders are days with a purchase.
    Values never fall with the horizon; the interval is the shortest that held `interval_level` of the test window's
    truths, widened or narrowed to do so, and holds the value (`ValueModel.spread` tells how it is drawn). With nothing
    `trained` the method is plain_ratio, and chances, interval and challenger are missing: a ratio knows none.
    `frequency_histogram`: customers by repeat purchases, 10 stands for 10 and more; empty without a purchase model.
    """
    customers = customers_to_score(today)
    if trained is None:
        return LifetimeValueScores(plain_scores(customers), nothing(HISTOGRAM_TYPES))
    return LifetimeValueScores(scores_of(trained, customers), frequency_histogram(trained.candidates, customers))


def forecast_lifetime_value(
    features: pd.DataFrame, outcomes: pd.DataFrame, traits: pd.DataFrame | None = None, **how: Any
) -> LifetimeValueResult:
    """Learn and score on one day; `features` of all dates, `traits` the channel by customer_id, `how` as learning."""
    past, today = past_and_present(features, traits)
    training = train_lifetime_value(past, today, outcomes, **how)
    scored = score_lifetime_value(training.trained, today)
    told = {field.name: getattr(training, field.name) for field in fields(training) if field.name != "trained"}
    return LifetimeValueResult(scored.scores, frequency_histogram=scored.frequency_histogram, **told)
