"""Chance of no purchase by the purchase process, with the season: for shops of any size. It learns from no outcome."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from models.feature_tables import date_of
from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.histories import TooLittleToFit
from models.lifetime_value.rules import LEAST_REPEATS_FOR_A_RATE, Rates
from models.lifetime_value.season import Season, daily_purchases
from models.refusal import LEAST_REPEAT_BUYERS

HAZARD = "hazard"
KNOWN_BY = ("frequency", "age_days", "days_since_last_order", "net_sales")  # the features that a hazard reads
MOST_ERRORS = 3  # of the newest windows that are over
LEAST, MOST = 0.001, 0.999


@dataclass(frozen=True)
class Hazard:
    """What is known at one date of how customers come back and leave.

    `process` is the BG/NBD of all customers; without enough repeat buyers the customers' own rates, drawn towards the
    shop's, take its place, and where hardly anybody came back nobody is expected to. `shift` is added to log-odds: how
    far past windows were off, drawn towards nothing.
    """

    process: BetaGeoModel | None
    season: Season
    shift: float = 0.0

    @classmethod
    def at(cls, customers: pd.DataFrame, by_day: pd.Series | None) -> Self:
        """Of customers at one date: columns KNOWN_BY and as_of_date.

        `by_day` (`purchases_a_day`) may hold later days, which are not looked at; without it no season is known.
        """
        as_of = date_of(customers)
        season = Season.flat(as_of)
        if by_day is not None:
            season = Season.of_last_year(as_of, daily_purchases(by_day, as_of))
        if (customers["frequency"] > 0).sum() < LEAST_REPEAT_BUYERS:
            return cls(None, season)
        try:
            return cls(BetaGeoModel().fit(_histories(customers)), season)
        except TooLittleToFit:
            return cls(None, season)

    def knows_a_chance(self, rates: Rates) -> bool:
        """Whether chances differ between customers: not where hardly anybody came back."""
        return self.process is not None or rates.repeats >= LEAST_REPEATS_FOR_A_RATE

    def chance_of_none(self, customers: pd.DataFrame, days: int, rates: Rates | None = None) -> np.ndarray:
        """Chance of no purchase in the `days` days after the customers' date, shape (n,), within (0, 1).

        `rates` are the shop's; left out, those of these customers.
        """
        if customers.empty:
            return np.empty(0)
        pace = self.season.seen_from(date_of(customers)).over(date_of(customers), days)
        none = self._flat(customers, days, rates) ** pace
        return expit(logit(np.clip(none, LEAST, MOST)) + self.shift)

    def _flat(self, customers: pd.DataFrame, days: int, rates: Rates | None) -> np.ndarray:
        if self.process is not None:
            return self.process.predict_no_purchase(_histories(customers), float(days))
        rates = rates or Rates.of(customers)
        if not self.knows_a_chance(rates):
            return np.full(len(customers), MOST)
        return rates.no_purchase(customers, days).to_numpy()


def shift_by(foretold: list[float], came: list[float]) -> float:
    """What brings the share foretold to the share that came, in log-odds: the mean of the newest windows, doubted.

    Both newest last. One window of no error is added to the mean: of one window half of the error is believed.
    """
    errors = logit(np.clip(came, 0.01, 0.99)) - logit(np.clip(foretold, 0.01, 0.99))
    newest = errors[-MOST_ERRORS:]
    return float(newest.sum() / (len(newest) + 1))


def _histories(customers: pd.DataFrame) -> pd.DataFrame:
    age = customers["age_days"].astype(float)
    recency = age - customers["days_since_last_order"].astype(float)
    return pd.DataFrame({"frequency": customers["frequency"].astype(float), "recency": recency, "T": age})
