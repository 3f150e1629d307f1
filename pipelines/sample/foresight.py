"""The chance that a person of the shop buys nothing in some days to come, by whoever knows how the shop is made.

Bayes' rule on what had shown by the day, and on nothing later: no leaving after it is looked at, nor any purchase. No
forecast that is made of the same can be expected to rank people better: to rank them by the chance of an event given
what is known is best (Neyman & Pearson 1933).

A person may be alive, or have left right after the last purchase (of itself, or driven away by trouble with it), or at
the end of a month with a series of messages. Each says how likely it is that no purchase came since; that visits were
as they were, which fade before a leaving of itself, and after any soon stop; and that messages were opened or not, and
consent to them taken back. Left out are what happens in a visit, stated preferences, and that visits may already fade
before a leaving to come. A visit that leads to a purchase counts as if no other led to it.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, xlogy
from scipy.stats import gamma

from pipelines.sample.mailings import SERIES_DAYS
from pipelines.sample.parameters import Parameters
from pipelines.sample.plan import Plan
from pipelines.sample.seen import Seen, people_seen
from pipelines.sample.visits import (
    AFTERGLOW_DAYS,
    EAGERNESS,
    FADED,
    LEADS_OF_LAST_PURCHASE,
    LEAST_LEAD_DAYS,
    habit_rate,
)

# Of the laws as many values are tried as matter: with twice as many of each the AUC moved by 0.0001.
BUYING_RATES, EAGERNESSES = np.geomspace(1e-5, 0.5, 30), np.geomspace(1e-3, 600, 16)
ALIVE, OF_ITSELF, AFTER_TROUBLE, FOR_MAIL = range(4)
NEVER = 1e-300  # instead of no chance at all, of which there is no logarithm


@dataclass(frozen=True)
class Chance:
    """That a person buys nothing, by two who know all rates of the shop.

    `knowing_shop` knows of people what shows of them, and the laws from which their paces are drawn: who learns from
    exports can at best come to know these laws. `knowing_person` is also told each person's own pace: purchases and
    visits a day while alive, the chance to leave after a purchase, whether mail is minded.
    """

    number: int
    knowing_shop: float
    knowing_person: float


def chances_of_none(plan: Plan, day: int, horizon_days: int) -> list[Chance]:
    """Of everybody who bought in the first `day` days: the chance of no purchase in the `horizon_days` that follow."""
    laws = _Paces.by_law(plan.rates)
    chances = []
    for seen in people_seen(plan, day):
        by_each = (_Case(seen, paces, plan.rates, day).none(horizon_days) for paces in (laws, _Paces.known(seen)))
        chances.append(Chance(seen.number, *by_each))
    return chances


@dataclass(frozen=True)
class _Paces:
    """How fast a person may live: weighed pairs (logarithms) of purchases and plain visits a day, shape (n,).

    `leaves` are a and b of the beta law of the chance to leave after a purchase, `minds` the chance of minding mail.
    """

    buying: np.ndarray
    visiting: np.ndarray
    weight: np.ndarray
    leaves: tuple[float, float]
    minds: float

    @classmethod
    def known(cls, seen: Seen) -> "_Paces":
        sure = 1e9  # a beta law of one value
        leaves = (sure * seen.dropout_chance, sure * (1 - seen.dropout_chance))
        buying, visiting = np.array([seen.buying_rate]), np.array([seen.habit_rate])
        return cls(buying, visiting, np.zeros(1), leaves, float(seen.minds_mail))

    @classmethod
    def by_law(cls, shop: Parameters) -> "_Paces":
        buying, eagerness = (values.ravel() for values in np.meshgrid(BUYING_RATES, EAGERNESSES))
        daily, other = (
            gamma.pdf(eagerness, EAGERNESS, scale=factor / EAGERNESS) for factor in (shop.daily_visitor_factor, 1.0)
        )
        density = shop.daily_visitor * daily + (1 - shop.daily_visitor) * other
        density *= gamma.pdf(buying, shop.r, scale=1 / shop.alpha)
        weight = np.log(density * buying * eagerness + NEVER)  # the steps between values are even in logarithms
        return cls(buying, habit_rate(eagerness, buying, shop), weight, (shop.a, shop.b), shop.minds_mail)


@dataclass(frozen=True)
class _Case:
    """A person and the paces that are possible. Arrays have the shape (ways to have left or not, paces)."""

    seen: Seen
    paces: _Paces
    shop: Parameters
    day: float

    def none(self, horizon_days: float) -> float:
        """The mean over all that may be: having left or not, and since when; at which pace; minding mail or not."""
        seen, paces = self.seen, self.paces
        kind, leaves, chance = self._ways()
        until = np.minimum(leaves, self.day)[:, None]
        log = paces.weight + chance[:, None] + self._visits(kind, leaves)
        log = log + xlogy(len(seen.purchases) - 1, paces.buying) - paces.buying * (until - seen.purchases[0])
        log = log + np.where(seen.messages > leaves[:, None], seen.message_says, 0.0).sum(axis=1)[:, None]
        # Who minds mail has withstood every series between the first purchase and the end.
        series = ((seen.series > seen.purchases[0]) & (seen.series < until)).sum(axis=1)[:, None]
        minding = log + np.log(paces.minds + NEVER) + series * np.log1p(-self.shop.series_drives_away)
        others = np.where((kind == FOR_MAIL)[:, None], -np.inf, log + np.log(1 - paces.minds + NEVER))
        total = logsumexp([minding, others])
        buys = np.exp(minding[ALIVE] - total) @ (1 - self._none_alive(horizon_days, minds=True))
        buys += np.exp(others[ALIVE] - total) @ (1 - self._none_alive(horizon_days, minds=False))
        return float(1 - buys)

    def _ways(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What may have become of the person, when (position), and the log of its chance before visits and messages.

        Who has not left after x repeat purchases leaves with chance a / (a + b + x) after the next.
        """
        seen, (a, b), last = self.seen, self.paces.leaves, self.seen.purchases[-1]
        repeats = len(seen.purchases) - 1
        of_itself = a / (a + b + repeats - 1) if repeats else 0.0
        after = seen.series > last
        stays = (1 - of_itself) * (1 - seen.trouble)
        for_mail = stays * self.shop.series_drives_away
        chances = np.append([stays, of_itself, (1 - of_itself) * seen.trouble], np.full(after.sum(), for_mail))
        kind = np.append([ALIVE, OF_ITSELF, AFTER_TROUBLE], np.full(after.sum(), FOR_MAIL))
        says = np.append(np.zeros(3), seen.series_says[after])
        return kind, np.append([np.inf, last, last], seen.series[after]), np.log(chances + NEVER) + says

    def _visits(self, kind: np.ndarray, leaves: np.ndarray) -> np.ndarray:
        """Log-likelihood of the visits: Poisson processes of habit, and of what leads to purchases."""
        seen, shop, rate, last = self.seen, self.shop, self.paces.visiting, self.seen.purchases[-1]
        at, leaves = seen.visits[:, None, None], leaves[:, None]
        is_alive, fades, is_gone = (kind == ALIVE)[:, None], (kind == OF_ITSELF)[:, None], at > leaves
        left = np.clip((last - at) / shop.fade_days, 0, 1)
        habit = rate * np.where(fades, FADED + (1 - FADED) * left, 1.0)
        afterglow = rate * FADED * np.exp(-np.where(is_gone, at - leaves, 0.0) / AFTERGLOW_DAYS)
        of_last = np.where(fades, LEADS_OF_LAST_PURCHASE, 1.0)
        leads = self._leads(seen.purchases[:-1])[:, None] + of_last * self._leads(seen.purchases[-1:])[:, None]
        leads = leads + np.where(is_alive, self._leads_to_come()[:, None, :], 0.0)
        faded = np.minimum(shop.fade_days, last - seen.registered)
        spared = np.where(fades, (1 - FADED) * (faded - faded**2 / (2 * shop.fade_days)), 0.0)
        glows = FADED * AFTERGLOW_DAYS * -np.expm1(-np.maximum(self.day - leaves, 0.0) / AFTERGLOW_DAYS)
        expected = rate * (np.minimum(leaves, self.day) - seen.registered - spared + glows)
        expected = expected + of_last * shop.visits_before_purchase
        expected = expected + np.where(is_alive, self.paces.buying * self._led_days, 0.0)
        return np.log(np.where(is_gone, afterglow, habit + leads)).sum(axis=0) - expected

    def _leads(self, purchases: np.ndarray) -> np.ndarray:
        """How many visits a day lead to these purchases at the moment of each visit, shape (visits, 1)."""
        before = purchases - self.seen.visits[:, None] - LEAST_LEAD_DAYS
        density = np.exp(-np.maximum(before, 0) / self.shop.lead_days) / self.shop.lead_days
        return self.shop.visits_before_purchase * np.where(before > 0, density, 0.0).sum(axis=1, keepdims=True)

    def _leads_to_come(self) -> np.ndarray:
        """Likewise to purchases that are still to come, of somebody alive, shape (visits, paces)."""
        ago = np.maximum(self.day - self.seen.visits - LEAST_LEAD_DAYS, 0)
        return self.shop.visits_before_purchase * np.exp(-ago / self.shop.lead_days)[:, None] * self.paces.buying

    @property
    def _led_days(self) -> float:
        """To the purchases of how many days to come visits have led by the day."""
        return self.shop.visits_before_purchase * self.shop.lead_days

    def _none_alive(self, horizon_days: float, minds: bool) -> np.ndarray:
        """Chance of no purchase of somebody alive at each pace; who minds mail may leave at the end of a month."""
        to_come = self._leads_to_come()
        known = self.paces.visiting + self._leads(self.seen.purchases)
        month, none, stays = int(self.day // SERIES_DAYS), np.zeros(len(self.paces.buying)), 1.0
        in_series = float(self.seen.is_in_series)
        while minds and (end := SERIES_DAYS * (month + 1)) < self.day + horizon_days:
            leaves = in_series * self.shop.series_drives_away
            none += stays * leaves * self._none_within(end - self.day)
            month, stays, in_series = month + 1, stays * (1 - leaves), self.shop.series_a_year * SERIES_DAYS / 365
        none += stays * self._none_within(horizon_days)
        return none * (known / (known + to_come)).prod(axis=0)

    def _none_within(self, days: float) -> np.ndarray:
        return np.exp(-self.paces.buying * max(days - self._led_days, 0.0))
