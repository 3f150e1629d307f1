"""Learns from next orders that were known on a day, tries it on later ones, and chooses. Whom to score is not asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from models.next_categories.calibration import fit_calibration
from models.next_categories.evaluation import measure, measures
from models.next_categories.guessers import (
    MIXTURE,
    MOST_POPULAR,
    RULES,
    SAME_AS_LAST,
    SHRUNK_SHARES,
    Guesser,
    ShrunkShares,
    rule_weights,
)
from models.next_categories.histories import Histories
from models.next_categories.mixture import KINDS, kind_of, mixed, mixture_weights
from models.next_categories.sources import Sources, sources_on

WINDOW_DAYS = 90
WINDOWS_TO_LEARN_FROM = 3
LEAST_NEXT_ORDERS = 100  # in a window: of fewer a hit rate is not known to five points
MOST_CUSTOMERS = (
    20_000  # of each window: the weights are sixteen numbers, and a hit rate is known to a third of a point
)

_CALIBRATED_CELLS = 500_000  # customers times categories

Guessers = Mapping[str, Guesser | ShrunkShares]


@dataclass(frozen=True)
class Asked:
    """Customers of a day whose next order came within the window after it, and each category's share of its lines."""

    sources: Sources
    came: sparse.csr_array

    @property
    def holds(self) -> np.ndarray:
        """1 for each category in the next order, shape (n_customers, n_categories)."""
        return (self.came > 0).toarray().astype(float)

    @property
    def count(self) -> int:
        """How many customers they are."""
        return self.came.shape[0]


class NextCategoryStudy:
    """Orders up to a day, cut into windows of 90 days that end with it.

    The last window is the test, the one before it chooses the champion, and each time what is tried has learned from
    the three windows before: the weights from all of them, the calibration from the newest.
    """

    def __init__(self, histories: Histories, day: pd.Timestamp, random_state: int = 0):
        self.histories = histories
        self.day = day
        self.random_state = random_state
        self._asked: dict[pd.Timestamp, Asked] = {}

    @property
    def test_date(self) -> pd.Timestamp:
        """Day after which the test window begins."""
        return self.day - pd.Timedelta(days=WINDOW_DAYS)

    @property
    def choice_date(self) -> pd.Timestamp:
        """Day after which the window begins that chooses."""
        return self.test_date - pd.Timedelta(days=WINDOW_DAYS)

    def reasons_to_refuse(self) -> list[str]:
        """Why nothing can be learned, chosen and tested; empty when it can."""
        dates = [self.test_date, self.choice_date, *self._dates_to_learn_from(self.choice_date)[:1]]
        return [
            f"in the {WINDOW_DAYS} days after {date:%Y-%m-%d} only {count} customers ordered again, "
            f"fewer than {LEAST_NEXT_ORDERS}"
            for date in dates
            if (count := self.asked_on(date).count) < LEAST_NEXT_ORDERS
        ]

    def guessers(self, day: pd.Timestamp) -> Guessers:
        """All candidates as they can be on a day: nothing that came later is known to them."""
        windows = [self.asked_on(date) for date in self._dates_to_learn_from(day)]
        weights = {MIXTURE: _learned_weights(windows)} | {rule: rule_weights(rule, len(KINDS)) for rule in RULES}
        fitted = {name: Guesser(name, of, self._calibration(of, windows[0])) for name, of in weights.items()}
        return {**fitted, SHRUNK_SHARES: ShrunkShares()}

    @cached_property
    def champion(self) -> str:
        """The candidate of the lowest log loss in the window that was over when the test began."""
        losses = self.losses_of_the_choice
        return min(losses, key=lambda name: losses[name])

    @cached_property
    def losses_of_the_choice(self) -> dict[str, float]:
        """The log loss of each candidate in the window that chooses."""
        asked = self.asked_on(self.choice_date)
        guessers = self.guessers(self.choice_date)
        return {name: measures(guesser, asked.sources, asked.holds)["log_loss"] for name, guesser in guessers.items()}

    def test(self) -> pd.DataFrame:
        """Metrics of all candidates in the test window."""
        asked = self.asked_on(self.test_date)
        roles = {MIXTURE: "challenger", SHRUNK_SHARES: "challenger", SAME_AS_LAST: "baseline", MOST_POPULAR: "baseline"}
        roles[self.champion] = "champion"
        return measure(self.guessers(self.test_date), roles, asked.sources, asked.holds, self.test_date, WINDOW_DAYS)

    def asked_on(self, day: pd.Timestamp) -> Asked:
        """The customers of a day who ordered again in the window after it, at most 20,000 of them."""
        if day not in self._asked:
            known = self.histories.known_on(day)
            again, following = known.next_within(WINDOW_DAYS)
            drawn = self._drawn(len(following), MOST_CUSTOMERS)
            came = self.histories.baskets[following[drawn]]
            self._asked[day] = Asked(sources_on(known, again.those(drawn)), came)
        return self._asked[day]

    def _dates_to_learn_from(self, day: pd.Timestamp) -> list[pd.Timestamp]:
        """Newest first: the days whose windows were over by a day, and in which enough ordered again."""
        dates = [day - pd.Timedelta(days=WINDOW_DAYS * (step + 1)) for step in range(WINDOWS_TO_LEARN_FROM)]
        return dates[:1] + [date for date in dates[1:] if self.asked_on(date).count >= LEAST_NEXT_ORDERS]

    def _drawn(self, count: int, most: int) -> np.ndarray:
        """Places of at most so many of `count`, drawn evenly."""
        if count <= most:
            return np.arange(count)
        return np.sort(np.random.default_rng(self.random_state).choice(count, size=most, replace=False))

    def _calibration(self, weights: np.ndarray, window: Asked) -> np.ndarray:
        width = len(self.histories.categories)
        drawn = self._drawn(window.count, max(_CALIBRATED_CELLS // width, LEAST_NEXT_ORDERS))
        sources = window.sources.those(drawn)
        kind = kind_of(sources.count)
        share = np.concatenate([mixed(chances, weights, kind[rows]) for rows, chances in sources.blocks()])
        return fit_calibration(share[:, :width], sources.breadth, window.holds[drawn, :width])


def _learned_weights(windows: list[Asked]) -> np.ndarray:
    chances, shares, kinds = [], [], []
    for window in windows:
        came = window.came.tocoo()
        row, category = came.coords
        chances.append(window.sources.at(row, category))
        shares.append(came.data)
        kinds.append(kind_of(window.sources.count)[row])
    return mixture_weights(np.concatenate(chances), np.concatenate(shares), np.concatenate(kinds))
