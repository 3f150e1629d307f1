"""Forecasts as they are published and measured, by a plan: values with intervals, orders, chances. Chooses nothing."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit

from models.lifetime_value.candidates import SURE, Candidates, Foretold
from models.lifetime_value.race import INTERVAL_LEVEL, Plan, Tiers
from models.lifetime_value.value_model import ValueModel
from models.log_odds import intercept_for


@dataclass(frozen=True)
class Level:
    """What customers are foretold on average: by each candidate, and by the process with and without interest.

    `shift` is added to log-odds of no purchase, that their chances have the process's mean.
    """

    means: pd.Series
    value: float
    undiscounted: float
    shift: float

    @classmethod
    def of(cls, foretold: Foretold) -> Self:
        """Over these customers."""
        orders, days = foretold.orders, foretold.days
        worth = orders[f"expected_orders_{days}"] * orders["expected_order_value"]
        mean = float(np.clip(foretold.by_process.mean(), SURE, 1.0 - SURE))
        shift = 0.0 if foretold.chance is None else intercept_for(foretold.log_odds_of_none, mean)
        return cls(foretold.amounts.mean(), float(orders[f"predicted_value_{days}"].mean()), float(worth.mean()), shift)


COLUMNS = ["predicted_value", "low", "high", "expected_orders", "probability_no_purchase"]


def published(
    candidates: Candidates,
    plan: Plan,
    name: str,
    customers: pd.DataFrame,
    foretold: Foretold,
    tiers: Tiers,
    random_state: int,
    level: Level | None = None,
) -> pd.DataFrame:
    """One horizon of a candidate's or the blend's forecast: COLUMNS, rounded, in the index of customers.

    Expected orders are the value over the expected order value, so that the two agree with each other. The chance of
    none is the process's and the boosting's at the process's mean, whoever is published, and never less than such
    orders leave. Ends are missing where neither a window that is over nor a process tells how far truths stray. `level`
    is that of more customers than these; left out, theirs.
    """
    orders, amounts = foretold.orders, foretold.amounts
    level = level or Level.of(foretold)
    value = plan.values(name, amounts, level.value, level.means)
    worth = orders["expected_order_value"].to_numpy(dtype=float)
    count = _over(plan.values(name, amounts, level.undiscounted, level.means), worth)
    none = foretold.by_process if foretold.chance is None else expit(foretold.log_odds_of_none + level.shift)
    nothing = np.maximum(none, 1.0 - np.minimum(count, 1.0))
    mean = level.value * plan.correction
    low, high = _interval(candidates.leading, plan, value, mean, customers, orders, tiers, random_state)
    value = value.round(2)
    return pd.DataFrame(
        {
            "predicted_value": value,
            "low": np.minimum(np.round(np.maximum(low, 0.0), 2), value),
            "high": np.maximum(np.round(high, 2), value),
            "expected_orders": count.round(6),
            "probability_no_purchase": nothing.clip(0.0, 1.0).round(6),
        },
        index=customers.index,
    )


def never_falling(forecasts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """The forecasts of rising horizons, none below a shorter one's: each horizon is made by a plan of its own."""
    risen = [forecasts[0]]
    for forecast in forecasts[1:]:
        before = risen[-1]
        rising = {
            name: np.maximum(forecast[name], before[name])
            for name in ("predicted_value", "low", "high", "expected_orders")
        }
        nothing = np.minimum(forecast["probability_no_purchase"], before["probability_no_purchase"])
        risen.append(forecast.assign(**rising, probability_no_purchase=nothing))
    return risen


def _interval(
    leading: ValueModel | None,
    plan: Plan,
    value: np.ndarray,
    mean: float,
    customers: pd.DataFrame,
    orders: pd.DataFrame,
    tiers: Tiers,
    random_state: int,
) -> tuple[np.ndarray, np.ndarray]:
    """By past errors; in a shop too young for them by draws of the process, brought to the customer's value."""
    if plan.errors:
        return plan.errors.interval(value, tiers.of(customers), mean)
    if leading is None:
        return np.full(len(value), np.nan), np.full(len(value), np.nan)
    random = np.random.default_rng(random_state)
    spread = leading.spread(customers, orders, plan.days, random)
    drawn = orders[f"predicted_value_{plan.days}"].to_numpy(dtype=float)
    return spread.scaled(_over(value, drawn)).interval(INTERVAL_LEVEL, value)


def _over(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """One over the other, 0 where there is nothing to divide by."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)
