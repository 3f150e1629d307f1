"""Windows that are over: the earlier one for every choice, the newest for the test. Measures and scores stand apart."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from models import metrics
from models.next_order.candidates import BY_BOTH, BY_LAW, LAW, MOST_USUAL, Candidates
from models.next_order.histories import Histories, Standing
from models.next_order.renewal_law import Outlook

HORIZONS = (365, 180, 90)
LEAST_WINDOWS_OF_HISTORY = 3  # one to learn from, one to choose on, one to test
LEAST_TO_JUDGE_BY = 30  # orders that must have come in a window for it to choose by
INTERVAL_LEVEL = 0.8  # the share of orders that intervals promise to hold


def horizon_of(history_days: int) -> int:
    """The longest horizon of which the history holds three, the shortest where it holds not even those."""
    fitting = (days for days in HORIZONS if LEAST_WINDOWS_OF_HISTORY * days <= history_days)
    return next(fitting, HORIZONS[-1])


@dataclass(frozen=True)
class Window:
    """Candidates as they stood at a past day, and the day on which each customer ordered after it.

    `came`, shape (n_customers,): days after that day, nan where no order came within the horizon.
    """

    known: Histories
    candidates: Candidates
    came: np.ndarray

    @classmethod
    def ended(cls, histories: Histories, days_ago: int, horizon_days: int) -> "Window | None":
        """The window that began so many days before the histories end; None when no gap had ended by then."""
        known = histories.until(histories.as_of - days_ago)
        candidates = Candidates.of(known, horizon_days)
        return cls(known, candidates, histories.next_after(known, horizon_days)) if candidates else None

    @property
    def as_of(self) -> pd.Timestamp:
        """The day after which it began."""
        return pd.Timestamp("1970-01-01") + pd.Timedelta(days=self.known.as_of)

    @property
    def standing(self) -> Standing:
        """How its customers stood."""
        return self.known.standing

    @cached_property
    def outlook(self) -> Outlook:
        """What the law expected of them."""
        return self.candidates.outlook(self.standing)

    @cached_property
    def probabilities(self) -> dict[str, np.ndarray]:
        """That of an order, by who tells it."""
        level = self.candidates.level(self.standing)
        return {by: self.candidates.probability(by, self.standing, self.outlook, level) for by in (BY_BOTH, BY_LAW)}

    @property
    def has_come(self) -> np.ndarray:
        """Who ordered."""
        return np.isfinite(self.came)

    @property
    def can_choose(self) -> bool:
        """Whether every candidate stood there, and orders enough came."""
        return self.candidates.has_law and int(self.has_come.sum()) >= LEAST_TO_JUDGE_BY

    def days(self, name: str) -> np.ndarray:
        """What a candidate foretold."""
        return self.candidates.dates(name, self.standing, self.outlook).days

    def median_error(self, name: str) -> float:
        """Median of the absolute errors in days, of those who ordered."""
        return float(np.median(np.abs(self.days(name) - self.came)[self.has_come]))

    def errors(self) -> dict[str, float]:
        """That of every candidate, the law first."""
        return {name: self.median_error(name) for name in self.candidates.names}

    def interval_level(self) -> float:
        """The level for intervals of a later window: halfway from the promise to what held the promise here.

        That is the level at which the law's intervals held the promised share of this window's orders, rounded up to
        a whole number of them (split conformal prediction of nested sets: Gupta, Kuchibhotla and Ramdas 2022). Orders
        of one window share its season, by which intervals before Christmas would be made for the weeks after it; so
        half of the way is gone (`benchmarks/report_next_order.py` compares).
        """
        levels = self.candidates.narrowest_level(self.standing, self.outlook, self.came)[self.has_come]
        place = int(np.ceil(INTERVAL_LEVEL * (levels.size + 1))) - 1
        held = float(np.sort(levels)[min(place, levels.size - 1)])
        return (INTERVAL_LEVEL + held) / 2.0


@dataclass(frozen=True)
class Study:
    """The newest window that is over, for the test, and the one that was over when it began, for every choice."""

    test: Window | None
    validation: Window | None

    @classmethod
    def of(cls, histories: Histories, horizon_days: int) -> "Study":
        """The windows of a shop's histories; either is missing where no gap had ended when it began."""
        windows = [Window.ended(histories, number * horizon_days, horizon_days) for number in (1, 2)]
        return cls(*windows)

    @property
    def is_chosen(self) -> bool:
        """Whether the validation window can choose."""
        return self.validation is not None and self.validation.can_choose

    @cached_property
    def errors(self) -> dict[str, float]:
        """Median errors on the validation window; empty where it cannot choose."""
        return self.validation.errors() if self.validation is not None and self.is_chosen else {}

    def champion(self, candidates: Candidates) -> str:
        """Who is published of these: the nearest on the validation window, without one the law, else the usual gap."""
        default = LAW if candidates.has_law else MOST_USUAL
        if not candidates.has_law or not self.errors:
            return default
        return min(self.errors, key=lambda name: self.errors[name])  # the first of equals, so the law before a rule

    @property
    def tested_level(self) -> float:
        """The level of the intervals that the test measures, from the window before it."""
        return _level_of(self.validation)

    @property
    def tested_by(self) -> str:
        """Who tells whether an order comes where it is tested: who did best on the window before."""
        return _teller(_losses([self.validation]))

    @property
    def published_by(self) -> str:
        """Who tells it tonight."""
        return _teller(self.chances)

    @cached_property
    def chances(self) -> dict[str, float]:
        """The mean Brier score of each who can tell it, on the windows that can choose; empty where none can."""
        return _losses([self.test, self.validation])

    @property
    def published_level(self) -> float:
        """The level of tonight's intervals, from the newest window that can tell."""
        newest = self.test if self.test is not None and self.test.can_choose else self.validation
        return _level_of(newest)


def _teller(losses: dict[str, float]) -> str:
    """Who had the least, law and process together where nothing tells."""
    return min(losses, key=lambda by: losses[by], default=BY_BOTH)


def _losses(windows: list[Window | None]) -> dict[str, float]:
    able = [window for window in windows if window is not None and window.can_choose]
    return {
        by: float(np.mean([metrics.brier(window.has_come, window.probabilities[by]) for window in able]))
        for by in (BY_BOTH, BY_LAW)
        if able
    }


def _level_of(window: Window | None) -> float:
    return window.interval_level() if window is not None and window.can_choose else INTERVAL_LEVEL
