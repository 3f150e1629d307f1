"""Days with a purchase as arrays: gaps that ended, gaps still open, as a day knew them. Nothing is learned here.

A day is a whole number, days since 1970-01-01.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

SHARE_OF_SLIPS = 0.01


@dataclass(frozen=True)
class Gaps:
    """What follows each purchase: the gap to the next, or the silence so far. All arrays of shape (n_purchase_days,).

    `known_count` and `known_days` are the customer's gaps that had ended by that purchase, their number and their sum;
    `days` is the length of what follows, at least 0, and `is_over` whether a purchase ended it.
    """

    known_count: np.ndarray
    known_days: np.ndarray
    days: np.ndarray
    is_over: np.ndarray

    @property
    def usual_days(self) -> float:
        """The shop's usual gap: the median of those that ended; nan when none has."""
        return float(np.median(self.days[self.is_over])) if self.is_over.any() else float("nan")


@dataclass(frozen=True)
class Standing:
    """How each customer stands at the end of a day, everything shape (n_customers,).

    `known_count`, `known_days`: number and sum of the gaps that ended; `last_gap` the last of them, nan without one;
    `silence`: days since the last purchase, 0 for one of that day; `last_day` the day of it.
    """

    customers: np.ndarray
    as_of: int
    known_count: np.ndarray
    known_days: np.ndarray
    last_gap: np.ndarray
    silence: np.ndarray

    @property
    def last_day(self) -> np.ndarray:
        """The day of the last purchase."""
        return self.as_of - self.silence

    @cached_property
    def customer_features(self) -> pd.DataFrame:
        """What a `Hazard` reads of customers; money is none of a next order's."""
        return pd.DataFrame(
            {
                "as_of_date": dates_of(np.full(self.silence.size, float(self.as_of))),
                "frequency": self.known_count.astype(float),
                "age_days": (self.known_days + self.silence).astype(float),
                "days_since_last_order": self.silence.astype(float),
                "net_sales": 0.0,
            }
        )


@dataclass(frozen=True)
class Histories:
    """Purchase days up to a day `as_of`, sorted by customer and day, no day of a customer twice.

    `names` are the customers of all days in alphabetical order, `places` those among them who had bought by `as_of`,
    shape (n_customers,); `customer` counts these, from 0 on.
    """

    names: np.ndarray
    places: np.ndarray
    customer: np.ndarray
    day: np.ndarray
    as_of: int

    @classmethod
    def of(cls, purchase_days: pd.DataFrame, as_of: pd.Timestamp) -> "Histories":
        """From columns customer_id and purchase_date, in any order; what lies after the day is not known on it."""
        day, last_day = days_of(purchase_days["purchase_date"]), int(days_of(pd.Series([as_of]))[0])
        customer, names = pd.factorize(purchase_days["customer_id"], sort=True)
        order = np.lexsort((day, customer))
        customer, day = customer[order], day[order]
        is_new = np.append(True, (np.diff(customer) != 0) | (np.diff(day) != 0))[: day.size]
        everybody = np.arange(len(names))
        whole = cls(np.asarray(names, dtype=object), everybody, customer[is_new], day[is_new], last_day)
        return whole.until(last_day)

    def until(self, as_of: int) -> "Histories":
        """What was known at the end of an earlier day: who had not bought by then is not among the customers."""
        is_known = self.day <= as_of
        is_here = np.bincount(self.customer[is_known], minlength=self.places.size) > 0
        counted_anew = np.cumsum(is_here) - 1
        customer = counted_anew[self.customer[is_known]]
        return Histories(self.names, self.places[is_here], customer, self.day[is_known], as_of)

    def length(self, gap_days: int) -> int:
        """Days from the first purchase to `as_of`, 0 without one.

        A few purchases, one or a hundredth, that lie more than `gap_days` before all others are slips of a date or a
        trial, and no history: the rule by which features.customer_features finds a shop's first purchase.
        """
        if not self.day.size:
            return 0
        days, count = np.unique(self.day, return_counts=True)
        earlier = np.cumsum(count) - count
        follows_gap = np.append(False, np.diff(days) > gap_days) & (earlier <= max(1.0, SHARE_OF_SLIPS * self.day.size))
        return int(self.as_of - days[np.flatnonzero(follows_gap)[-1] if follows_gap.any() else 0])

    @property
    def purchases_a_day(self) -> pd.Series:
        """Customers with a purchase by day, of all days that have any."""
        days, count = np.unique(self.day, return_counts=True)
        return pd.Series(count, index=pd.DatetimeIndex(dates_of(days.astype(float))))

    @cached_property
    def gaps(self) -> Gaps:
        """Every gap, the open ones included."""
        following = np.append(self.day[1:], self.as_of)
        return Gaps(
            known_count=np.arange(self.day.size) - self._first[self.customer],
            known_days=self.day - self.day[self._first][self.customer],
            days=np.where(self._is_last, self.as_of, following) - self.day,
            is_over=~self._is_last,
        )

    @cached_property
    def standing(self) -> Standing:
        """How each customer stands at the end of the day."""
        last, gaps = np.flatnonzero(self._is_last), self.gaps
        known_count = gaps.known_count[last]
        before = self.day[np.maximum(last - 1, 0)]
        return Standing(
            self.names[self.places],
            self.as_of,
            known_count,
            gaps.known_days[last],
            np.where(known_count > 0, self.day[last] - before, np.nan),
            gaps.days[last],
        )

    def next_after(self, earlier: "Histories", days: int) -> np.ndarray:
        """Days from an earlier day to the next purchase of each customer known then; nan where none came in so many."""
        follows = (self.day > earlier.as_of) & (self.day <= earlier.as_of + days)
        customer, waited = self.customer[follows], self.day[follows] - earlier.as_of
        is_first = np.append(True, np.diff(customer) != 0)[: customer.size]
        of_everybody = np.full(self.names.size, np.nan)
        of_everybody[self.places[customer[is_first]]] = waited[is_first]
        return of_everybody[earlier.places]

    @cached_property
    def _is_last(self) -> np.ndarray:
        return np.append(np.diff(self.customer) != 0, True)[: self.customer.size]

    @cached_property
    def _first(self) -> np.ndarray:
        """The place of each customer's first purchase day, shape (n_customers,)."""
        return np.searchsorted(self.customer, np.arange(self.places.size))


def days_of(dates: pd.Series) -> np.ndarray:
    """Dates as days since 1970-01-01, shape (n,), whole numbers."""
    return pd.to_datetime(dates).to_numpy().astype("datetime64[D]").astype(np.int64)


def dates_of(days: np.ndarray) -> np.ndarray:
    """Days since 1970-01-01 as dates, shape (n,); nan is no date."""
    is_known = np.isfinite(days)
    return np.where(is_known, np.where(is_known, days, 0).astype("datetime64[D]"), np.datetime64("NaT", "D"))
