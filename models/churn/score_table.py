"""Churn as it is published: one table of scores, rounded. Nothing is learned or chosen here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from models.churn.reasons import (
    CHANCE,
    CONTRIBUTION_COLUMNS,
    REASON_COLUMNS,
    RHYTHM,
    THEMES,
    Explained,
    theme_numbers,
)
from models.churn.study import beside_of
from models.churn.trained import TrainedChurn, TrainedHorizon
from models.feature_tables import KEY, OF_THE_DATE, DateRanks, finite_numbers
from models.hazard import HAZARD
from models.lifetime_value.rules import Rates

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
class ChurnWindow:
    """Which horizon is scored, who counts as a customer, and where the bands begin."""

    horizon_days: int
    eligibility_days: int
    medium_from: float
    high_from: float

    def eligible(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Those who have bought in the last `eligibility_days` days."""
        return customers[(customers["days_since_last_order"] < self.eligibility_days).to_numpy()].reset_index(drop=True)


@dataclass(frozen=True)
class _Horizon:
    """One horizon, what tells the shares of the features' themes, and ranks of the hazard's chances."""

    trained: TrainedHorizon
    of_features: Callable[[np.ndarray], np.ndarray] | None
    chances: DateRanks

    @classmethod
    def of(cls, trained: TrainedHorizon, chances: DateRanks) -> Self:
        """Shares are those of a classifier; without one there are none."""
        themes = theme_numbers([*trained.names, CHANCE])
        return cls(trained, trained.classifier.shares(themes) if trained.classifier else None, chances)

    def shares(self, inputs: np.ndarray, described: pd.DataFrame) -> np.ndarray:
        """What each theme adds to the log-odds, shape (n, len(THEMES)); the last column of `inputs` is written."""
        shares, rhythm = np.zeros((len(described), len(THEMES))), list(THEMES).index(RHYTHM)
        if self.of_features is None or self.trained.classifier is None or described.empty:
            shares[:, rhythm] = logit(described[CHANCE])
            return shares
        inputs[:, -1] = described[CHANCE]
        self.chances.write(inputs[:, -1:])
        of_themes = self.of_features(inputs)
        shares[:, : of_themes.shape[1]] = of_themes
        shares[:, rhythm] += self.trained.classifier.weights_[2] * beside_of(described)
        return shares


@dataclass(frozen=True)
class _Level:
    """What is added to the log-odds of a horizon, and the mean share of each theme."""

    constant: float
    means: np.ndarray


@dataclass(frozen=True)
class Standard:
    """What customers are scored by: what was learned, and what those are like whom they are seen among.

    `probabilities` are theirs, in rising order, for the percentiles.
    """

    trained: TrainedChurn
    window: ChurnWindow
    rates: Rates
    ranks: DateRanks
    horizons: dict[int, _Horizon]
    levels: dict[int, _Level]
    probabilities: np.ndarray

    @classmethod
    def of(cls, trained: TrainedChurn, window: ChurnWindow, customers: pd.DataFrame) -> Self:
        """From all customers of a day, or an even sample of very many."""
        rates, eligible = Rates.of(customers), window.eligible(customers)
        horizon, told = trained.horizons[str(window.horizon_days)], np.empty(0)
        horizons, levels = {}, {}
        ranks = DateRanks.of(eligible, horizon.names)
        inputs = _inputs(eligible, horizon.names, ranks)
        for days in {SHORT_HORIZON_DAYS, window.horizon_days}:
            one = trained.horizons[str(days)]
            chance = one.hazard.chance_of_none(eligible, days, rates)
            described = eligible[KEY].assign(**{CHANCE: chance})
            horizons[days] = _Horizon.of(one, DateRanks.of(described, [CHANCE]))
            shares, constant = horizons[days].shares(inputs, described), 0.0
            if one.classifier is not None and len(eligible):
                level = float(expit(logit(np.clip(chance.mean(), 0.01, 0.99)) + one.lift))
                constant = one.classifier.intercept_at(shares.sum(axis=1), level)
            means = shares.mean(axis=0) if len(shares) else np.zeros(shares.shape[1])
            levels[days] = _Level(constant, means)
            if days == window.horizon_days:
                told = np.sort(_rounded(Explained.of(shares, constant, means)))
        return cls(trained, window, rates, ranks, horizons, levels, told)

    def scores(self, customers: pd.DataFrame) -> pd.DataFrame:
        """Columns SCORE_COLUMNS of those of the customers who are eligible.

        Where the sample had none of these, nothing is known of what they are like, and they are seen among themselves.
        """
        window, eligible = self.window, self.window.eligible(customers)
        if len(eligible) and not len(self.probabilities):
            return Standard.of(self.trained, window, customers).scores(customers)
        horizon = self.trained.horizons[str(window.horizon_days)]
        inputs = _inputs(eligible, horizon.names, self.ranks)
        soon = self._explained(eligible, inputs, SHORT_HORIZON_DAYS).probability
        explained = self._explained(eligible, inputs, window.horizon_days)
        is_longer = window.horizon_days >= SHORT_HORIZON_DAYS
        soon = (np.maximum if is_longer else np.minimum)(soon, explained.probability)
        return scores_of(eligible, explained, horizon.method, window, soon, self.probabilities)

    def _explained(self, eligible: pd.DataFrame, inputs: np.ndarray, days: int) -> Explained:
        """The chance that each of them buys nothing in the next `days` days, and what it is made of."""
        horizon, level = self.horizons[days], self.levels[days]
        chance = horizon.trained.hazard.chance_of_none(eligible, days, self.rates)
        described = eligible[KEY].assign(**{CHANCE: chance})
        return Explained.of(horizon.shares(inputs, described), level.constant, level.means)


def nobody(window: ChurnWindow) -> pd.DataFrame:
    """The table when there is nobody to score."""
    none = pd.DataFrame({"customer_id": [], "as_of_date": pd.to_datetime([])})
    return scores_of(none, Explained.of(np.zeros((0, len(THEMES))), 0.0), HAZARD, window, np.empty(0), np.empty(0))


def scores_of(
    eligible: pd.DataFrame,
    explained: Explained,
    method: str,
    window: ChurnWindow,
    soon: np.ndarray,
    among: np.ndarray,
) -> pd.DataFrame:
    """Columns SCORE_COLUMNS, sorted by customer_id; the percentile is the place among these probabilities, rising."""
    scores = eligible[["customer_id", "as_of_date"]].assign(horizon_days=window.horizon_days, method=method)
    probability = _rounded(explained)
    bands = [probability < window.medium_from, probability < window.high_from]
    # customers with equal probabilities share their mean rank
    rank = (np.searchsorted(among, probability) + np.searchsorted(among, probability, side="right") - 1) / 2
    scores = scores.assign(
        customer_id=scores["customer_id"].astype("str"),
        churn_probability=probability,
        churn_percentile=(100.0 * np.clip(rank, 0, None) / max(len(among) - 1, 1)).clip(max=100.0).round(2),
        churn_band=np.select(bands, ["low", "medium"], default="high"),
        churn_probability_30d=np.round(soon, 6),
    )
    whole = pd.concat([scores.reset_index(drop=True), explained.table()], axis=1)
    return whole[SCORE_COLUMNS].sort_values("customer_id", ignore_index=True)


def _inputs(eligible: pd.DataFrame, names: list[str], ranks: DateRanks) -> np.ndarray:
    """As `relative_inputs` among the customers of the ranks, with a column more at the end for CHANCE."""
    inputs = np.empty((len(eligible), len(names) + 1), order="F")
    inputs[:, :-1] = finite_numbers(eligible, names)
    ranks.write(inputs, [place for place, name in enumerate(names) if name not in OF_THE_DATE])
    return inputs


def _rounded(explained: Explained) -> np.ndarray:
    return np.round(explained.probability, 6)
