"""The rivals for a date, as they stand at one day: the law, and two rules that need none. Who wins, others say."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from models.hazard import LEAST, Hazard
from models.lifetime_value.rules import Rates
from models.log_odds import halfway, intercept_for
from models.next_order.histories import Histories, Standing
from models.next_order.renewal_law import Outlook, RenewalLaw

RENEWAL_LAW, POOLED_LAW = "renewal_law", "pooled_law"
SAME_AS_LAST, MOST_USUAL, NO_METHOD = "same_as_last", "most_usual", "none"
RULES = (SAME_AS_LAST, MOST_USUAL)
LAW = "law"  # either of the first two, before it is known which
BY_LAW, BY_BOTH = "law", "law_and_process"  # by whom it is told whether an order comes at all
LEAST_GAPS_OF_A_LAW = 30  # with fewer ends the law tells how many come back, but no dates


@dataclass(frozen=True)
class Dates:
    """The day that one candidate foretells, in days after the standing, and the day it was due when silence began.

    Both shape (n_customers,); `days` lies in 1 to the horizon, `due` counts from the last purchase on.
    """

    days: np.ndarray
    due: np.ndarray


@dataclass(frozen=True)
class Level:
    """What all customers of a day say of each: the shop's rates, and what is added to log-odds of no order."""

    rates: Rates
    shift: float


@dataclass(frozen=True)
class Candidates:
    """All that can be said at a day from the gaps known on it, at least one of which has ended.

    The law tells on which day an order comes, if one does; of whether one does the purchase process knows as much, and
    it knows the season (`Hazard`).
    """

    law: RenewalLaw
    process: Hazard
    ended_count: int
    horizon_days: int

    @classmethod
    def of(cls, histories: Histories, horizon_days: int) -> "Candidates | None":
        """Learned from what these histories know; None when no gap has ended."""
        gaps = histories.gaps
        ended = int(np.count_nonzero(gaps.is_over))
        if not ended:
            return None
        process = Hazard.at(histories.standing.customer_features, histories.purchases_a_day)
        return cls(RenewalLaw().fit(gaps), process, ended, horizon_days)

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
        """What the law expects within the horizon."""
        return self.law.outlook(standing, self.horizon_days)

    def level(self, standing: Standing) -> Level:
        """That of all customers of a day, or of an even sample of very many."""
        rates = Rates.of(standing.customer_features)
        if not standing.silence.size or not self.process.knows_a_chance(rates):
            return Level(rates, 0.0)
        log_odds, mean = self._log_odds_of_none(standing, self.outlook(standing), rates)
        return Level(rates, intercept_for(log_odds, mean))

    def probability(self, told_by: str, standing: Standing, outlook: Outlook, level: Level) -> np.ndarray:
        """The probability of an order within the horizon, shape (n_customers,).

        By both: halfway in log-odds between what the law says and what the process says, and as many orders of all
        customers as the process says; still the law alone in a shop where hardly anybody came back.
        """
        if told_by == BY_LAW or not self.process.knows_a_chance(level.rates):
            return outlook.probability
        return expit(-(self._log_odds_of_none(standing, outlook, level.rates)[0] + level.shift))

    def _log_odds_of_none(self, standing: Standing, outlook: Outlook, rates: Rates) -> tuple[np.ndarray, float]:
        """By law and process together, before any shift, and the process's mean chance of none."""
        by_process = self.process.chance_of_none(standing.customer_features, self.horizon_days, rates)
        return halfway(by_process, 1.0 - outlook.probability, LEAST), float(by_process.mean())

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
