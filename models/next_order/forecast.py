"""The next order of every customer from days with a purchase: learn, or do with less, then score. Reads nothing."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.next_order.candidates import LEAST_GAPS_OF_A_LAW, MOST_USUAL, NO_METHOD, SAME_AS_LAST, Candidates, Level
from models.next_order.evaluation import LIKELY, measure
from models.next_order.histories import Histories, Standing, dates_of
from models.next_order.study import HORIZONS, Study, horizon_of
from models.result_tables import typed

SCORE_TYPES = {
    "customer_id": "str",
    "horizon_days": "int64",
    "method": "str",
    "next_order_status": "str",
    "probability_of_order": "float64",
    "expected_order_date": "datetime64[us]",
    "low": "datetime64[us]",
    "high": "datetime64[us]",
    "due_date": "datetime64[us]",
    "last_order_date": "datetime64[us]",
    "known_gap_count": "int64",
    "rhythm_days": "float64",
}
EXPECTED, OVERDUE, UNLIKELY, UNKNOWN = "expected", "overdue", "unlikely", "unknown"


@dataclass(frozen=True)
class TrainedNextOrder:
    """What the gaps of one day taught, whose dates and chances are published, the level of intervals; no customer."""

    candidates: Candidates
    champion: str
    chances_by: str
    interval_level: float


@dataclass(frozen=True)
class NextOrderTraining:
    """What can be scored with until learning is due again (None: no gap has ended), and how good it was."""

    trained: TrainedNextOrder | None
    metrics: pd.DataFrame
    notes: list[str]


def train_next_order(purchase_days: pd.DataFrame, as_of: pd.Timestamp, *, gap_days: int = 365) -> NextOrderTraining:
    """Learn by which law gaps between purchase days end, and how near its dates were on a window that is over.

    Parameters
    ----------
    purchase_days : DataFrame
        Columns customer_id and purchase_date, the days on which each customer bought; in any order. Days after `as_of`
        are not looked at.
    as_of : Timestamp
        The day at whose end one stands.
    gap_days : int
        A few purchases that lie longer before all others are no history (`Histories.length`).

    Returns
    -------
    NextOrderTraining
        `metrics`: columns of METRIC_TYPES, of the window that has just ended, by what was known when it began; empty
        when no gap had ended by then. `notes`: sentences.
    """
    histories = Histories.of(purchase_days, as_of)
    horizon = horizon_of(histories.length(gap_days))
    candidates = Candidates.of(histories, horizon)
    study = Study.of(histories, horizon)
    measured = measure(study)
    if candidates is None:
        return NextOrderTraining(None, measured, ["No next order is foretold: nobody has bought on two days yet."])
    champion = study.champion(candidates)
    trained = TrainedNextOrder(candidates, champion, study.published_by, study.published_level)
    return NextOrderTraining(trained, measured, _notes(study, trained, measured))


@dataclass(frozen=True)
class Standard:
    """What customers are scored by: what was learned, and the level of those whom they are seen among."""

    trained: TrainedNextOrder
    level: Level


def standard_of(trained: TrainedNextOrder | None, purchase_days: pd.DataFrame, as_of: pd.Timestamp) -> Standard | None:
    """What a day's customers are scored by: from all of them, or an even sample; None with nothing `trained`."""
    if trained is None:
        return None
    return Standard(trained, trained.candidates.level(Histories.of(purchase_days, as_of).standing))


def score_next_order(standard: Standard | None, purchase_days: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """When every customer orders next, by what was learned on this day or on an earlier one.

    Columns of SCORE_TYPES, one row per customer with a purchase by `as_of`, sorted by customer_id. The date is the
    middle of the days on which an order may come within the horizon, given that one does; where no order is likelier
    than an order (`unlikely`) there is neither date nor interval, and without a standard (`unknown`) no probability
    either. `due_date` is the day that was expected when the last purchase was made; who is `overdue` has let it pass.
    """
    standing = Histories.of(purchase_days, as_of).standing
    scores = pd.DataFrame({"customer_id": standing.customers, "known_gap_count": standing.known_count})
    scores["last_order_date"] = dates_of(standing.last_day.astype(float))
    told = _told_by(standard, standing) if standard else _nothing_told(standing)
    return typed(scores.assign(**told), SCORE_TYPES)


def _told_by(standard: Standard, standing: Standing) -> dict[str, np.ndarray | int]:
    trained = standard.trained
    candidates, champion = trained.candidates, trained.champion
    outlook = candidates.outlook(standing)
    dates = candidates.dates(champion, standing, outlook)
    probability = np.round(candidates.probability(trained.chances_by, standing, outlook, standard.level), 6)
    is_likely, is_late = probability >= LIKELY, dates.due < standing.silence
    low, high = candidates.interval(standing, outlook, trained.interval_level, dates.days)
    has_interval = is_likely & candidates.has_law
    method = np.full(standing.silence.size, candidates.called(champion), dtype=object)
    if champion == SAME_AS_LAST:
        method[standing.known_count == 0] = MOST_USUAL
    return {
        "horizon_days": candidates.horizon_days,
        "method": method,
        "next_order_status": np.select([~is_likely, is_late], [UNLIKELY, OVERDUE], EXPECTED),
        "probability_of_order": probability,
        "expected_order_date": dates_of(np.where(is_likely, standing.as_of + dates.days, np.nan)),
        "low": dates_of(np.where(has_interval, standing.as_of + low, np.nan)),
        "high": dates_of(np.where(has_interval, standing.as_of + high, np.nan)),
        "due_date": dates_of(standing.last_day + dates.due),
        "rhythm_days": np.round(candidates.law.rhythm(standing), 2),
    }


def _nothing_told(standing: Standing) -> dict[str, np.ndarray | int | str]:
    nothing = np.full(standing.silence.size, np.nan)
    days = dict.fromkeys(("expected_order_date", "low", "high", "due_date"), dates_of(nothing))
    return {
        "horizon_days": HORIZONS[-1],
        "method": NO_METHOD,
        "next_order_status": UNKNOWN,
        "probability_of_order": nothing,
        "rhythm_days": nothing,
        **days,
    }


def _notes(study: Study, trained: TrainedNextOrder, measured: pd.DataFrame) -> list[str]:
    candidates, champion = trained.candidates, trained.candidates.called(trained.champion)
    notes = []
    if not candidates.has_law:
        notes.append(
            "Dates of next orders are the shop's usual gap, without an interval: of the gaps between purchase days "
            f"{candidates.ended_count} have ended, fewer than {LEAST_GAPS_OF_A_LAW}."
        )
    elif study.validation is not None and study.errors:
        told = ", ".join(f"{study.validation.candidates.called(name)} {days:g}" for name, days in study.errors.items())
        notes.append(
            f"Dates of next orders are by {champion}: lowest median error on the window of {candidates.horizon_days} "
            f"days after {study.validation.as_of:%Y-%m-%d}, before the test began (days: {told})."
        )
    else:
        notes.append(f"Dates of next orders are by {champion}, unchosen: no window before the test could tell.")
    return [*notes, *_on_the_chances(study), *_better_ones(measured)]


def _on_the_chances(study: Study) -> list[str]:
    """Who tells whether an order comes at all, and by what."""
    if not (losses := study.chances):
        return []
    told = ", ".join(f"{by} {loss:.4f}" for by, loss in losses.items())
    return [
        f"Whether an order comes at all is told by {study.published_by}: lowest Brier score on past windows ({told})."
    ]


def _better_ones(measured: pd.DataFrame) -> list[str]:
    """A sentence when another candidate came nearer on the test window."""
    errors = measured[(measured["metric"] == "median_absolute_error") & (measured["segment"] == "all")]
    published = errors.loc[errors["role"] == "champion", "value"]
    nearest = errors.sort_values(["value", "candidate"]).head(1)
    if published.empty or published.iloc[0] <= nearest["value"].iloc[0]:
        return []
    role, name = nearest["role"].iloc[0], nearest["candidate"].iloc[0]
    return [f"The {role} {name} had the lower median error of next order dates in the test."]
