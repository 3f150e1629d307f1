"""The rivals for a date, as they stand at one day: the law, and two rules that need none. Who wins, others say."""

from dataclasses import dataclass

import numpy as np

from models.next_order.histories import Gaps, Standing
from models.next_order.renewal_law import Outlook, RenewalLaw

RENEWAL_LAW, POOLED_LAW = "renewal_law", "pooled_law"
SAME_AS_LAST, MOST_USUAL, NO_METHOD = "same_as_last", "most_usual", "none"
RULES = (SAME_AS_LAST, MOST_USUAL)
LAW = "law"  # either of the first two, before it is known which
LEAST_GAPS_OF_A_LAW = 30  # with fewer ends the law tells how many come back, but no dates


@dataclass(frozen=True)
class Dates:
    """The day that one candidate foretells, in days after the standing, and the day it was due when silence began.

    Both shape (n_customers,); `days` lies in 1 to the horizon, `due` counts from the last purchase on.
    """

    days: np.ndarray
    due: np.ndarray


@dataclass(frozen=True)
class Candidates:
    """All that can be said at a day from the gaps known on it; at least one of them has ended."""

    law: RenewalLaw
    ended_count: int
    horizon_days: int

    @classmethod
    def of(cls, gaps: Gaps, horizon_days: int) -> "Candidates | None":
        """Learned from these gaps; None when none has ended."""
        ended = int(np.count_nonzero(gaps.is_over))
        return cls(RenewalLaw().fit(gaps), ended, horizon_days) if ended else None

    @property
    def has_law(self) -> bool:
        """Whether gaps enough have ended for the law to tell dates."""
        return self.ended_count >= LEAST_GAPS_OF_A_LAW

    @property
    def names(self) -> list[str]:
        """Who can be asked for dates, the law first."""
        return [*([LAW] if self.has_law else []), *RULES]

    def called(self, name: str) -> str:
        """A candidate's name as it is published: the law is pooled where all gaps are one stratum."""
        if name != LAW:
            return name
        return RENEWAL_LAW if self.law.strata_.size > 1 else POOLED_LAW

    def outlook(self, standing: Standing) -> Outlook:
        """What is to be expected within the horizon."""
        return self.law.outlook(standing, self.horizon_days)

    def dates(self, name: str, standing: Standing, outlook: Outlook) -> Dates:
        """What a candidate foretells of everybody, given that an order comes within the horizon.

        The law: the middle of those days. same_as_last: the last gap once more, the shop's usual one where there is
        none. most_usual: the shop's usual gap. A rule whose day has passed says tomorrow.
        """
        if name == LAW:
            at_once = self.law.outlook(standing, self.horizon_days, silence=0)
            return Dates(
                self.law.days_to_next(standing, outlook, self.horizon_days, 0.5),
                self.law.days_to_next(standing, at_once, self.horizon_days, 0.5, silence=0),
            )
        usual = np.full(standing.silence.size, np.ceil(self.law.usual_days_))
        due = usual if name == MOST_USUAL else np.where(standing.known_count > 0, standing.last_gap, usual)
        return Dates(np.clip(due - standing.silence, 1.0, self.horizon_days), due)

    def interval(
        self, standing: Standing, outlook: Outlook, level: float, held: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """First and last day of the middle share `level` of the law, stretched to hold a foretold day (`held`)."""
        tail = (1.0 - level) / 2.0
        ends = [self.law.days_to_next(standing, outlook, self.horizon_days, share) for share in (tail, 1.0 - tail)]
        return np.minimum(ends[0], held), np.maximum(ends[1], held)

    def narrowest_level(self, standing: Standing, outlook: Outlook, came: np.ndarray) -> np.ndarray:
        """The least level whose interval would have held the day on which an order came, shape (n_customers,).

        An interval of level 1 - 2a holds a day when the share of the law by that day is a at least, and the share by
        the day before less than 1 - a.
        """
        by_then = self.law.place_of(standing, outlook, came)
        by_the_day_before = self.law.place_of(standing, outlook, came - 1.0)
        return np.clip(1.0 - 2.0 * np.minimum(by_then, 1.0 - by_the_day_before), 0.0, 1.0)
