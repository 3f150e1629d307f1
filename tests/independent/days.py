"""Tier, activity and lifecycle stage of every person on every day, day by day as they are defined, and no cleverer.

A person is a row and a day a column of a matrix, as far as it fits; periods are read off where a day differs from the
one before.
"""

import math
import statistics
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from tests.independent.shops import Shop
from tests.independent.tiers import tier_of

PEOPLE_AT_ONCE = 2_000
LOGINS_OF_HIGH_FREQUENCY, LOGIN_DAYS, PURCHASE_DAYS, INTERACTION_DAYS, DORMANT_DAYS = 10, 30, 365, 90, 182
OWN_GAPS, LEAST_DAYS, LEAST_GAPS, DECLINING_DAYS, LOST_DAYS = 3, 14, 30, 90, 365
DECLINING_SPREADS, LOST_SPREADS, DECLINING_PERCENT, LOST_PERCENT = 1, 3, 80, 95
MATURE_ORDERS, MATURE_DAYS = 4, 180


def periods(shop: Shop, segment_type: str) -> pd.DataFrame:
    """person, segment, valid_from, valid_to (missing: still)."""
    chosen = {"value_tier": _tiers, "activity": _activities, "lifecycle_stage": _stages}[segment_type]
    found = pd.concat([_read_off(shop, people, chosen(shop, people)) for people in _groups(shop.since)])
    found["valid_to"] = found.groupby("person").valid_from.shift(-1)
    return found


def _groups(since: pd.Series) -> Iterator[pd.Series]:
    for start in range(0, len(since), PEOPLE_AT_ONCE):
        yield since.iloc[start : start + PEOPLE_AT_ONCE]


def _days(shop: Shop) -> pd.DatetimeIndex:
    return pd.date_range(shop.since.min(), shop.as_of)


def _read_off(shop: Shop, since: pd.Series, states: np.ndarray) -> pd.DataFrame:
    """The days on which a state begins, from a person's first day on."""
    days = _days(shop)
    is_first = days.to_numpy()[None, :] == since.to_numpy()[:, None]
    is_known = days.to_numpy()[None, :] >= since.to_numpy()[:, None]
    differs = np.concatenate([np.ones((len(since), 1), bool), states[:, 1:] != states[:, :-1]], axis=1)
    row, column = np.nonzero(is_known & (is_first | differs))
    return pd.DataFrame({"person": since.index[row], "segment": states[row, column], "valid_from": days[column]})


def _matrix(shop: Shop, since: pd.Series, frame: pd.DataFrame, column: str) -> np.ndarray:
    """What a column adds up to by person and day."""
    found = np.zeros((len(since), len(_days(shop))), "int64")
    ours = frame[frame.person.isin(since.index)]
    place = since.index.get_indexer(ours.person), (ours.date - shop.since.min()).dt.days.to_numpy()
    np.add.at(found, place, ours[column].to_numpy())
    return found


def _in_the_last(matrix: np.ndarray, days: int) -> np.ndarray:
    """The sums over (d - days, d]."""
    to_date = matrix.cumsum(axis=1)
    left = np.zeros_like(to_date)
    left[:, days:] = to_date[:, :-days]
    return to_date - left


def _tiers(shop: Shop, since: pd.Series) -> np.ndarray:
    """By the sales of (d - 12 months, d]."""
    to_date = _matrix(shop, since, shop.sales, "cents").cumsum(axis=1)
    eve = (_days(shop) - pd.DateOffset(months=12) - shop.since.min()).days
    left = np.where(eve >= 0, to_date[:, np.maximum(eve, 0)], 0)
    return tier_of(to_date - left)


def _activities(shop: Shop, since: pd.Series) -> np.ndarray:
    """To join is to log in once."""
    joined = pd.DataFrame({"person": since.index, "date": since.to_numpy(), "login_count": 1, "is_there": 1})
    contacts = pd.concat([shop.contacts.assign(is_there=1), joined])
    logins = _matrix(shop, since, contacts, "login_count")
    interacting = _in_the_last(_matrix(shop, since, contacts, "is_there"), INTERACTION_DAYS) > 0
    bought = _matrix(shop, since, shop.purchase_days.assign(count=1), "count")
    return np.select(
        [
            _in_the_last(logins, LOGIN_DAYS) > LOGINS_OF_HIGH_FREQUENCY,
            interacting & (_in_the_last(bought, PURCHASE_DAYS) > 0),
            interacting,
            _in_the_last(logins, DORMANT_DAYS) == 0,
        ],
        ["high_frequency", "active", "potential", "dormant"],
        "silent",
    )


def _stages(shop: Shop, since: pd.Series) -> np.ndarray:
    """Purchase day by purchase day: the days until the next one, by what was expected on it."""
    found = np.full((len(since), len(_days(shop))), "prospect", dtype="<U9")
    shops_gaps = _ShopsGaps(shop)
    for row, person in enumerate(since.index):
        bought = shop.days_bought.get(person, [])
        for number, day in enumerate(bought, 1):
            late_after, lost_after = _expected(bought[:number], shops_gaps)
            stage = "new" if number == 1 else "growing"
            begin = (day - shop.since.min()).days
            found[row, begin:] = stage
            if number >= MATURE_ORDERS:
                found[row, max(begin, (bought[0] - shop.since.min()).days + MATURE_DAYS) :] = "mature"
            found[row, begin + late_after + 1 :] = "declining"
            found[row, begin + lost_after + 1 :] = "lost"
    return found


def _expected(bought: list[pd.Timestamp], shops_gaps: "_ShopsGaps") -> tuple[int, int]:
    """After how many days the next purchase is late, and after how many the customer counts as lost."""
    gaps = [(later - earlier).days for earlier, later in pairwise(bought)]
    if len(gaps) >= OWN_GAPS:
        median, spread = statistics.median(gaps), statistics.stdev(gaps)
        late_after = max(_whole(median + DECLINING_SPREADS * spread), LEAST_DAYS)
        lost_after = max(_whole(median + LOST_SPREADS * spread), 2 * late_after)
    else:
        late_after, lost_after = shops_gaps.expected(bought[-1], is_first=len(bought) == 1)
    return late_after, max(lost_after, late_after + 1)


def _whole(days: float) -> int:
    return math.ceil(round(days, 6))


class _ShopsGaps:
    """The gaps between purchase days of the whole shop, by when they ended."""

    def __init__(self, shop: Shop) -> None:
        days = shop.purchase_days
        before = days.groupby("person").date.shift(1)
        number = days.groupby("person").cumcount()
        gaps = pd.DataFrame({"ended": days.date, "gap": (days.date - before).dt.days, "number": number})
        self.gaps = gaps[gaps.number > 0]
        self.known: dict[tuple[pd.Timestamp, bool], tuple[int, int]] = {}

    def expected(self, day: pd.Timestamp, is_first: bool) -> tuple[int, int]:
        """By those that had ended before the month: of first to second purchases, or of all."""
        month = day.replace(day=1)
        if (month, is_first) not in self.known:
            ended = self.gaps[(self.gaps.ended < month) & ((self.gaps.number == 1) | (not is_first))]
            rising, n = np.sort(ended.gap.astype(int).to_numpy()), len(ended)
            self.known[month, is_first] = (
                tuple(int(rising[-(-percent * n // 100) - 1]) for percent in (DECLINING_PERCENT, LOST_PERCENT))
                if n >= LEAST_GAPS
                else (DECLINING_DAYS, LOST_DAYS)
            )
        return self.known[month, is_first]
