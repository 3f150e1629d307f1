"""Forecasts as they are published and measured: one table of scores, rounded. Nothing is fitted or chosen here."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from models.lifetime_value.candidates import Foretold
from models.lifetime_value.crowd import Crowd
from models.lifetime_value.published import Level, never_falling, published
from models.lifetime_value.race import INTERVAL_LEVEL
from models.lifetime_value.rules import PLAIN_RATIO, Rates, plain_ratio
from models.lifetime_value.trained import TrainedValue
from models.lifetime_value.value_model import histories_of
from models.result_tables import nothing, typed

HORIZONS = [30, 90, 365]
HORIZON_DAYS = 365

SCORE_TYPES = {
    "customer_id": "str",
    "as_of_date": "datetime64[us]",
    "horizon_days": "int64",
    "method": "str",
    "method_30d": "str",
    "method_90d": "str",
    "probability_alive": "float64",
    "probability_no_purchase": "float64",
    "expected_orders_30d": "float64",
    "expected_orders_90d": "float64",
    "expected_orders": "float64",
    "expected_order_value": "float64",
    "predicted_value_30d": "float64",
    "predicted_value_90d": "float64",
    "predicted_value": "float64",
    "predicted_value_30d_low": "float64",
    "predicted_value_30d_high": "float64",
    "predicted_value_90d_low": "float64",
    "predicted_value_90d_high": "float64",
    "predicted_value_low": "float64",
    "predicted_value_high": "float64",
    "interval_level": "float64",
    "challenger_method": "str",
    "challenger_value": "float64",
}
HISTOGRAM_TYPES = {"frequency": "int64", "actual_customers": "float64", "expected_customers": "float64"}
HISTOGRAM_TOP = 10  # stands for ten repeat purchases and more
HISTOGRAM_DRAWS = 20
MOST_HISTOGRAM_LIVES = 400_000  # customers times draws: more would not move a bar


@dataclass(frozen=True)
class Standard:
    """What customers are scored by: what was learned, whom they are seen among, and what those are foretold on average.

    `levels` are by horizon, empty where those customers came back too seldom to know any rate.
    """

    trained: TrainedValue
    crowd: Crowd
    levels: dict[int, Level]

    @classmethod
    def of(cls, trained: TrainedValue, customers: pd.DataFrame) -> Self:
        """From all customers of a day, or an even sample of very many."""
        crowd = trained.candidates.crowd(customers)
        told = _foretold(trained, customers, crowd)
        levels = {} if told is None else {days: Level.of(each) for days, each in told.items()}
        return cls(trained, crowd, levels)


def _foretold(trained: TrainedValue, customers: pd.DataFrame, crowd: Crowd) -> dict[int, Foretold] | None:
    """By horizon; None where no rate is known."""
    candidates = trained.candidates
    orders = candidates.orders(customers, HORIZONS, crowd)
    if orders is None:
        return None
    learned = {days: trained.plan(days).learned_days for days in HORIZONS}
    by_length = candidates.boosted(customers, [*learned.values()], crowd)
    boosted = {days: by_length.get(learned[days]) for days in HORIZONS}
    others = {days: candidates.by_others(customers, days, boosted[days], crowd) for days in HORIZONS}
    return {days: candidates.foretold(customers, days, orders, boosted[days], others[days]) for days in HORIZONS}


def scores_of(standard: Standard, customers: pd.DataFrame) -> pd.DataFrame:
    """Scores of customers: every horizon by its plan, and the challenger's value of the longest.

    The plain ratio where customers came back too seldom to know any rate, as none may have any more.
    """
    trained = standard.trained
    told = _foretold(trained, customers, standard.crowd) if standard.levels else None
    if told is None:
        return plain_scores(customers, standard.crowd.rates)
    forecasts, rival = [], pd.Series(np.nan, index=customers.index)
    for days, foretold in told.items():
        plan, level = trained.plan(days), standard.levels[days]
        how = trained.candidates, plan, plan.method, customers, foretold, trained.tiers, trained.random_state
        forecasts.append(published(*how, level))
        if days == HORIZON_DAYS and plan.challenger:
            value = plan.values(plan.challenger, foretold.amounts, level.value, level.means)
            rival = pd.Series(value.round(2), index=customers.index)
    by_days = dict(zip(HORIZONS, never_falling(forecasts), strict=True))
    longest, orders = by_days[HORIZON_DAYS], told[HORIZON_DAYS].orders
    scores = _keys(customers).assign(
        method=trained.plan(HORIZON_DAYS).method,
        probability_alive=orders["probability_alive"].clip(0.0, 1.0).round(6),
        expected_order_value=orders["expected_order_value"].round(2),
        **{name: longest[name] for name in ("probability_no_purchase", "expected_orders", "predicted_value")},
        predicted_value_low=longest["low"],
        predicted_value_high=longest["high"],
        interval_level=INTERVAL_LEVEL,
        challenger_method=pd.Series(trained.plan(HORIZON_DAYS).challenger, index=customers.index, dtype="str"),
        challenger_value=rival,
    )
    for days in HORIZONS[:-1]:
        shorter = by_days[days]
        scores[f"method_{days}d"] = trained.plan(days).method
        scores[f"expected_orders_{days}d"] = shorter["expected_orders"]
        scores[f"predicted_value_{days}d"] = shorter["predicted_value"]
        scores[f"predicted_value_{days}d_low"] = shorter["low"]
        scores[f"predicted_value_{days}d_high"] = shorter["high"]
    return typed(scores, SCORE_TYPES)


def plain_scores(today: pd.DataFrame, rates: Rates) -> pd.DataFrame:
    """Scores under the plain ratio: no chances, no interval, no challenger."""
    frame = plain_ratio(today, HORIZONS, rates)
    scores = _keys(today).assign(
        method=PLAIN_RATIO,
        expected_order_value=frame["expected_order_value"],
        expected_orders=frame[f"expected_orders_{HORIZON_DAYS}"].round(6),
        predicted_value=frame[f"predicted_value_{HORIZON_DAYS}"].round(2),
        challenger_method=pd.Series(None, index=today.index, dtype="str"),
    )
    for days in HORIZONS[:-1]:
        scores[f"method_{days}d"] = PLAIN_RATIO
        scores[f"expected_orders_{days}d"] = frame[f"expected_orders_{days}"].round(6)
        scores[f"predicted_value_{days}d"] = frame[f"predicted_value_{days}"].round(2)
    missing = [name for name in SCORE_TYPES if name not in scores]
    return typed(scores.assign(**dict.fromkeys(missing, np.nan)), SCORE_TYPES)


def _keys(today: pd.DataFrame) -> pd.DataFrame:
    return today[["customer_id", "as_of_date"]].assign(horizon_days=HORIZON_DAYS)


def frequency_histogram(trained: TrainedValue, customers: pd.DataFrame) -> pd.DataFrame:
    """Customers by repeat purchases, and how many the purchase model expects of customers with the same first days.

    Empty where no purchase model could be fitted.
    """
    if trained.candidates.leading is None:
        return nothing(HISTOGRAM_TYPES)
    model, histories = trained.candidates.leading.purchases, histories_of(customers)
    random = np.random.default_rng(trained.random_state)
    fresh = pd.DataFrame({"frequency": 0.0, "recency": 0.0, "T": 0.0}, index=histories.index)
    draws = min(HISTOGRAM_DRAWS, -(-MOST_HISTOGRAM_LIVES // len(histories)))
    counts = model.simulate_purchases(fresh, histories["T"].to_numpy(), random, draws)
    drawn = np.bincount(np.minimum(counts, HISTOGRAM_TOP).ravel(), minlength=HISTOGRAM_TOP + 1)
    actual = np.bincount(histories["frequency"].clip(upper=HISTOGRAM_TOP).astype(int), minlength=HISTOGRAM_TOP + 1)
    frame = {"frequency": range(HISTOGRAM_TOP + 1), "actual_customers": actual}
    return pd.DataFrame({**frame, "expected_customers": (drawn / draws).round(2)}).astype(HISTOGRAM_TYPES)
