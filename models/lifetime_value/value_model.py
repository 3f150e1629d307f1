"""Orders times spend: the two models fitted together and asked together. No dates, no refusal, no measuring."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.gamma_gamma import GammaGammaModel
from models.lifetime_value.histories import HISTORY, SPEND, cells
from models.lifetime_value.purchase_model import PurchaseModel
from models.lifetime_value.season import Outlook
from models.lifetime_value.spread import Spread

# Fader and Hardie call .11 on CDNOW negligible; from .3 on, heavy buyers' spend is visibly not the others'.
MOST_CORRELATION = 0.3

PARAMETER_DRAWS = 10
PURCHASE_DRAWS = 40  # of each draw of the parameters


@dataclass(frozen=True)
class ValueModel:
    """A fitted purchase model and a fitted Gamma-Gamma model, and what there is to say about the fit."""

    purchases: PurchaseModel
    spend: GammaGammaModel
    notes: list[str]

    @classmethod
    def of(cls, customers: pd.DataFrame, purchases: Callable[[], PurchaseModel] = BetaGeoModel) -> Self:
        """Fitted to frequency, recency_days, age_days and monetary_value; raises TooLittleToFit if it is too little."""
        fitted = purchases().fit(histories_of(customers)), GammaGammaModel().fit(spend_of(customers))
        name = type(fitted[0]).__name__
        notes = [f"The fit of {name} is loose: {model.looseness_}." for model in fitted if model.looseness_]
        return cls(*fitted, notes=notes)

    def forecast(self, customers: pd.DataFrame, horizons: list[int], outlook: Outlook) -> pd.DataFrame:
        """Forecast of each customer's coming days, in the index of customers, money and orders never below 0.

        Columns: probability_alive, expected_order_value (money per day with a purchase), and for each horizon h
        expected_orders_h (days with a purchase), probability_no_purchase_h, predicted_value_h (expected orders times
        order value, each discounted to today) and flat_orders_h (expected orders without season).
        """
        histories = histories_of(customers)
        code, first = cells(*(histories[name].to_numpy() for name in histories))
        distinct = histories.iloc[first]
        forecast = self._forecast_orders(distinct, horizons, outlook).iloc[code].set_axis(customers.index)
        forecast["expected_order_value"] = self.spend.predict_spend(spend_of(customers))
        for days in horizons:
            forecast[f"predicted_value_{days}"] *= forecast["expected_order_value"]
        return forecast

    def spread(self, customers: pd.DataFrame, forecast: pd.DataFrame, days: int, random: np.random.Generator) -> Spread:
        """Draws of the money of the next `days` days, 400 for each kind of customer.

        Uncertainty of the parameters: ten draws from the normal law of their logarithms (inverse observed
        information). Uncertainty of the purchases: for each of these, forty draws of being alive, the customer's own
        rate, dropout, count and spend from their law given the history. Customers whose frequency, age and chance of
        being alive round to the same (7 %, 4 %, .02) share their draws, so a million customers cost some
        ten thousand simulations.
        """
        histories, spend = histories_of(customers), spend_of(customers)
        pace = _ratio(forecast[f"expected_orders_{days}"], forecast[f"flat_orders_{days}"])
        known = np.where(spend["monetary_value"].notna(), histories["frequency"], 0.0)
        cell, first = cells(
            _in_steps(histories["frequency"], 0.07),
            _in_steps(histories["T"], 0.04),
            np.round(forecast["probability_alive"].to_numpy() / 0.02),
            known > 0,
            np.round(pace / 0.02),
        )
        draws = self._draws(histories.iloc[first], known[first], pace[first], days, random)
        present = _ratio(
            forecast[f"predicted_value_{days}"], forecast[f"expected_orders_{days}"] * forecast["expected_order_value"]
        )
        return Spread(draws, cell, self.spend.spend_scale(spend) * present)

    def _forecast_orders(self, histories: pd.DataFrame, horizons: list[int], outlook: Outlook) -> pd.DataFrame:
        steps = outlook.steps(horizons)
        flat = np.maximum.accumulate(self.purchases.predict_purchases_by(histories, [float(day) for day in steps]))
        increments = np.diff(flat, axis=0) * outlook.pace(steps)[:, None]
        orders = np.cumsum(increments, axis=0)
        worth = np.cumsum(increments * outlook.present_value(steps)[:, None], axis=0)
        columns = {"probability_alive": self.purchases.predict_alive(histories)}
        for days in horizons:
            step = int(np.searchsorted(steps, days))
            nothing = self.purchases.predict_no_purchase(histories, float(days))
            columns[f"flat_orders_{days}"] = flat[step]
            columns[f"expected_orders_{days}"] = orders[step - 1]
            columns[f"probability_no_purchase_{days}"] = nothing ** _ratio(orders[step - 1], flat[step])
            columns[f"predicted_value_{days}"] = worth[step - 1]
        return pd.DataFrame(columns)

    def _draws(
        self, histories: pd.DataFrame, known: np.ndarray, pace: np.ndarray, days: int, random: np.random.Generator
    ) -> np.ndarray:
        draws = np.empty((len(histories), PARAMETER_DRAWS * PURCHASE_DRAWS), dtype=np.float32)
        for column in range(0, draws.shape[1], PURCHASE_DRAWS):
            purchases, spend = self.purchases.drawn(random), self.spend.drawn(random)
            unit = np.where(known > 0, 1.0, spend.v_ / self.spend.v_)  # of `spend_scale`, which is at the estimate
            counts = purchases.simulate_purchases(histories, days, random, PURCHASE_DRAWS, pace)
            money = spend.simulate_relative_spend(known, counts, random) * unit[:, None]
            draws[:, column : column + PURCHASE_DRAWS] = money
        draws.sort(axis=1)
        return draws


def spend_correlation(spend: pd.DataFrame) -> float:
    """Correlation of frequency and monetary value among repeat buyers, nan when either is constant."""
    known = spend[(spend["frequency"] > 0) & spend["monetary_value"].notna()]
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(known["frequency"].corr(known["monetary_value"]))


def dependence_note(customers: pd.DataFrame) -> list[str]:
    """A warning when Gamma-Gamma's independence of frequency and spend does not hold among these customers."""
    correlation = spend_correlation(spend_of(customers))
    if not abs(correlation) > MOST_CORRELATION:
        return []
    return [
        f"Spend per order and order frequency are correlated ({correlation:.2f}) among repeat buyers; the Gamma-Gamma "
        f"model takes them as independent (within ±{MOST_CORRELATION}), so values of heavy buyers may be biased."
    ]


def histories_of(customers: pd.DataFrame) -> pd.DataFrame:
    """The columns of features that a purchase model reads, in days, under the names of the literature."""
    return customers[list(HISTORY)].rename(columns=HISTORY).astype(float)


def spend_of(customers: pd.DataFrame) -> pd.DataFrame:
    """A mean that refunds brought to 0 or less is as good as unknown: a Gamma law has no room for it."""
    spend = customers[list(SPEND)].astype(float)
    return spend.assign(monetary_value=spend["monetary_value"].where(spend["monetary_value"] > 0))


def _ratio(numerator: pd.Series | np.ndarray, denominator: pd.Series | np.ndarray) -> np.ndarray:
    """One over the other, 1 where there is nothing to divide."""
    above, below = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    return np.divide(above, below, out=np.ones_like(above), where=below > 0)


def _in_steps(values: pd.Series, step: float) -> np.ndarray:
    """Numbers of 0 or more rounded to steps of a relative size, as whole numbers; small counts stay apart."""
    return np.round(np.log1p(values.to_numpy()) / np.log1p(step))
