"""The law by which gaps between purchase days end: learned from all customers, read in each one's own rhythm."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator

from models.next_order.histories import Gaps, Standing
from models.next_order.survival import Survival

STRATA = (0, 1, 2, 3, 5)  # known gaps from which on a customer's gaps are looked at apart: none, one, two, 3-4, more
LEAST_GAPS_OF_A_STRATUM = 100


@dataclass(frozen=True)
class Outlook:
    """What the law says of customers within a horizon, everything shape (n_customers,).

    `probability`: that an order comes. `of_silence`: the share of gaps that last longer than the customer's silence.
    """

    probability: np.ndarray
    of_silence: np.ndarray


class RenewalLaw(BaseEstimator):
    """After a purchase a gap begins, whose length is the customer's rhythm times a draw from one law.

    The rhythm is the mean of the customer's gaps that have ended, shrunk to the shop's median gap as by so many gaps of
    it: (prior_gaps * median + sum) / (prior_gaps + number). The law is the share of gaps longer than so many rhythms,
    apart for customers with no, one, two, three or four, and more known gaps (`Survival`), where neighbours with fewer
    than `LEAST_GAPS_OF_A_STRATUM` ends are put together. Gaps that have not ended count as longer than the silence, so
    that people who never come back are in the law. What was silent so far is taken into account by dividing: an order
    within t days, after s silent ones, has the probability 1 - S(s + t) / S(s).

    Not checked with `parametrize_with_checks`: it learns from gaps, not from X and y.

    Parameters
    ----------
    prior_gaps : float
        Weight of the shop's median gap in a customer's rhythm.

    Attributes
    ----------
    usual_days_ : float
        The shop's median gap.
    strata_ : array of shape (n_strata,)
        The number of known gaps from which on each curve holds.
    curves_ : list of Survival
        In multiples of the rhythm.

    Examples
    --------
    >>> import pandas as pd
    >>> from models.next_order.histories import Histories
    >>> from models.next_order.renewal_law import RenewalLaw
    >>> days = pd.DataFrame({"customer_id": "a", "purchase_date": pd.date_range("2026-01-01", periods=31, freq="7D")})
    >>> known = Histories.of(days, pd.Timestamp("2026-08-01"))
    >>> law = RenewalLaw().fit(known.gaps)
    >>> law.days_to_next(known.standing, law.outlook(known.standing, 90), 90, 0.5).tolist()
    [5.0]
    """

    def __init__(self, prior_gaps: float = 2.0):
        self.prior_gaps = prior_gaps

    def fit(self, gaps: Gaps, y: None = None) -> Self:
        """Learn from all gaps known on a day; ValueError when none has ended."""
        if not gaps.is_over.any():
            raise ValueError("no gap has ended: nobody has bought on two days")
        self.usual_days_ = gaps.usual_days
        self.strata_ = _strata(gaps)
        lengths = gaps.days / self._rhythm(gaps.known_count, gaps.known_days)
        stratum = self._stratum(gaps.known_count)
        tells = gaps.days > 0  # who bought on the day itself has not been silent yet
        self.curves_ = [
            Survival.of(lengths[of_it], gaps.is_over[of_it])
            for of_it in (tells & (stratum == place) for place in range(self.strata_.size))
        ]
        return self

    def rhythm(self, standing: Standing) -> np.ndarray:
        """The days that each customer's gaps are measured by, shape (n_customers,)."""
        return self._rhythm(standing.known_count, standing.known_days)

    def outlook(self, standing: Standing, horizon_days: int, silence: np.ndarray | int | None = None) -> Outlook:
        """What is to be expected in the next days, after the customers' own silence or another one."""
        silent = self._silence(standing, silence)
        of_silence = self._longer_than(standing, silent)
        probability = 1.0 - self._longer_than(standing, silent + horizon_days) / of_silence
        return Outlook(probability, of_silence)

    def days_to_next(
        self,
        standing: Standing,
        outlook: Outlook,
        horizon_days: int,
        quantile: float,
        silence: np.ndarray | int | None = None,
    ) -> np.ndarray:
        """The first day by which this share of the orders that come within the horizon has come, 1 to horizon_days.

        `outlook` is that of the same silence. Whole numbers as floats, shape (n_customers,).
        """
        share = outlook.of_silence * (1.0 - quantile * outlook.probability)
        rhythm, days = self.rhythm(standing), np.empty(share.size)
        for curve, of_it in self._by_stratum(standing):
            days[of_it] = rhythm[of_it] * curve.time_of(share[of_it])
        return np.clip(np.ceil(days - self._silence(standing, silence) - 1e-6), 1.0, horizon_days)

    def place_of(self, standing: Standing, outlook: Outlook, days: np.ndarray) -> np.ndarray:
        """The share of the orders within the horizon that come by so many days, shape (n_customers,)."""
        by_then = 1.0 - self._longer_than(standing, standing.silence + days) / outlook.of_silence
        return np.divide(by_then, outlook.probability, out=np.ones_like(by_then), where=outlook.probability > 0)

    def _longer_than(self, standing: Standing, days: np.ndarray) -> np.ndarray:
        rhythm, share = self.rhythm(standing), np.empty(days.size)
        for curve, of_it in self._by_stratum(standing):
            share[of_it] = curve.longer_than(days[of_it] / rhythm[of_it])
        return share

    def _by_stratum(self, standing: Standing) -> list[tuple[Survival, np.ndarray]]:
        stratum = self._stratum(standing.known_count)
        return [(curve, np.flatnonzero(stratum == place)) for place, curve in enumerate(self.curves_)]

    def _rhythm(self, known_count: np.ndarray, known_days: np.ndarray) -> np.ndarray:
        return (self.prior_gaps * self.usual_days_ + known_days) / (self.prior_gaps + known_count)

    def _stratum(self, known_count: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.strata_, known_count, side="right") - 1

    @staticmethod
    def _silence(standing: Standing, silence: np.ndarray | int | None) -> np.ndarray:
        return standing.silence if silence is None else np.broadcast_to(silence, standing.silence.shape)


def _strata(gaps: Gaps) -> np.ndarray:
    """Where strata begin, the first at 0: each has ends enough, and what is left over belongs to the last."""
    beginnings, ended = [0], gaps.known_count[gaps.is_over]
    for start in STRATA[1:]:
        in_last = np.count_nonzero((ended >= beginnings[-1]) & (ended < start))
        if min(in_last, np.count_nonzero(ended >= start)) >= LEAST_GAPS_OF_A_STRATUM:
            beginnings.append(start)
    return np.array(beginnings)
