"""Repeat purchases over calendar time, expected and actual, and the season they show. No customer is scored here."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Self

import numpy as np
import pandas as pd

from models.feature_tables import date_of
from models.lifetime_value.purchase_model import PurchaseModel

YEAR_DAYS = 365
BLOCK_DAYS = 30
LEAST_HISTORY_DAYS = YEAR_DAYS + 14  # a year, and two of each weekday of the year before to tell its growth by
MOST_COMPARED_DAYS = 90
DOUBT_ORDERS = 50  # that many orders as expected are added to every block, so that a small shop's noise is no season

TRACKING_TYPES = {
    "candidate": "str",
    "period_end": "datetime64[us]",
    "expected_orders_incremental": "float64",
    "actual_orders_incremental": "float64",
    "expected_orders_cumulative": "float64",
    "actual_orders_cumulative": "float64",
}


@dataclass(frozen=True)
class Season:
    """How much above an average day of the year each of the 365 days after `as_of` lies, shape (365,), mean 1."""

    as_of: pd.Timestamp
    daily: np.ndarray
    is_known: bool

    def __getstate__(self) -> dict[str, Any]:
        """The day as a text: what keeps a model in a file knows no days."""
        return {**self.__dict__, "as_of": self.as_of.isoformat()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({**state, "as_of": pd.Timestamp(state["as_of"])})

    @classmethod
    def flat(cls, as_of: pd.Timestamp) -> Self:
        """No season."""
        return cls(as_of, np.ones(YEAR_DAYS), is_known=False)

    @classmethod
    def of_last_year(cls, as_of: pd.Timestamp, purchases: np.ndarray) -> Self:
        """From the purchases of each day of the shop's whole history up to `as_of`, those of new customers too.

        Each block of 30 days counts by its purchases a year ago over those of the mean block, once growth is taken out:
        what the last weeks have more than the same weeks a year earlier, spread evenly over the logarithms of the year
        between. First purchases count because a shop's season moves them as it moves repeats, and because at a shop's
        beginning customers only seem new. Flat before 379 days of history: then too few days can be compared with
        themselves.
        """
        if len(purchases) < LEAST_HISTORY_DAYS:
            return cls.flat(as_of)
        compared = min(MOST_COMPARED_DAYS, len(purchases) - YEAR_DAYS)
        before = purchases[-YEAR_DAYS - compared : -YEAR_DAYS].sum() + DOUBT_ORDERS
        growth = np.log((purchases[-compared:].sum() + DOUBT_ORDERS) / before)
        day = np.arange(YEAR_DAYS)
        level = purchases[-YEAR_DAYS:] * np.exp(-growth * (day / YEAR_DAYS - 0.5))
        block = np.minimum(day // BLOCK_DAYS, YEAR_DAYS // BLOCK_DAYS - 1)
        index = (np.bincount(block, level) + DOUBT_ORDERS) / (np.bincount(block) * level.mean() + DOUBT_ORDERS)
        return cls(as_of, index[block] / index[block].mean(), is_known=True)

    def believed(self, belief: float) -> Self:
        """The same with `belief` (0 to 1) of its moves; without any it counts as unknown."""
        return replace(self, daily=1.0 + belief * (self.daily - 1.0), is_known=self.is_known and belief > 0)

    def seen_from(self, as_of: pd.Timestamp) -> Self:
        """The same season from another day on, every year taken as the known one."""
        return replace(self, as_of=as_of, daily=np.roll(self.daily, -((as_of - self.as_of).days % YEAR_DAYS)))

    def over(self, after: pd.Timestamp, days: int) -> float:
        """Mean over the `days` days after any date, past or future, every year taken as the known one."""
        offset = (after - self.as_of).days
        return float(self.daily[(offset + np.arange(days)) % YEAR_DAYS].mean())


@dataclass(frozen=True)
class Outlook:
    """What a purchase expected on a coming day counts: more in season, and less the later it is paid.

    `discount_rate` is a year's interest, compounded daily: money t days ahead counts (1 + rate / 365) ** -t.
    """

    season: Season
    discount_rate: float = 0.0

    def seen_from(self, as_of: pd.Timestamp) -> Self:
        """The same outlook from another day on."""
        return replace(self, season=self.season.seen_from(as_of))

    def steps(self, horizons: list[int]) -> np.ndarray:
        """Days between which purchases are taken as evenly spread: every 30 days, the year's end and all horizons."""
        return np.unique([0, *range(BLOCK_DAYS, max(horizons), BLOCK_DAYS), *horizons])

    def pace(self, steps: np.ndarray) -> np.ndarray:
        """The season of each step, shape (len(steps) - 1,)."""
        today = self.season.as_of
        return np.array([self.season.over(today + pd.Timedelta(days=int(a)), int(b - a)) for a, b in pairwise(steps)])

    def over(self, days: int) -> tuple[float, float]:
        """The mean season of the next `days` days, and what one unit of money spent evenly over them is worth today."""
        steps = self.steps([days])
        share = np.diff(steps) * self.pace(steps)
        return self.season.over(self.season.as_of, days), float(np.average(self.present_value(steps), weights=share))

    def sentence(self) -> str:
        """What the season does to the coming orders, in words."""
        if not self.season.is_known:
            return (
                f"No season is in the forecast: to know one takes {LEAST_HISTORY_DAYS} days of history and the days of "
                "purchases, and past windows may not speak against it."
            )
        moves = ", ".join(f"{self.season.over(self.season.as_of, days) - 1:+.0%}" for days in (30, 90, YEAR_DAYS))
        return f"The last year's season is in the forecast: orders of the next 30, 90 and 365 days move by {moves}."

    def present_value(self, steps: np.ndarray) -> np.ndarray:
        """What one unit of money in the middle of each step is worth today, shape (len(steps) - 1,)."""
        return (1.0 + self.discount_rate / YEAR_DAYS) ** (-(steps[:-1] + steps[1:]) / 2.0)


def purchases_a_day(purchase_days: pd.DataFrame | None) -> pd.Series | None:
    """Customers with a purchase by day, of all days that have any: counted once, and cut at every as-of date."""
    if purchase_days is None:
        return None
    counts = purchase_days["purchase_date"].value_counts()
    return counts.set_axis(pd.to_datetime(counts.index)).sort_index()


def daily_purchases(by_day: pd.Series, as_of: pd.Timestamp) -> np.ndarray:
    """Of `purchases_a_day` each day from the shop's first to the as-of date, shape (days,)."""
    known = by_day[by_day.index <= as_of]
    if known.empty:
        return np.empty(0)
    return known.reindex(pd.date_range(known.index[0], as_of), fill_value=0).to_numpy(dtype=float)


def daily_repeats(customers: pd.DataFrame, purchase_days: pd.DataFrame, as_of: pd.Timestamp, until: int) -> np.ndarray:
    """Repeat purchase days of these customers on each day after the shop's first until `until` days after as_of."""
    length = _history_days(customers) + until
    days = purchase_days.merge(customers[["customer_id", "age_days"]], on="customer_id")
    ago = (as_of - pd.to_datetime(days["purchase_date"])).dt.days
    position = (_history_days(customers) - ago)[(ago < days["age_days"]) & (ago >= -until)].to_numpy()
    return np.bincount(position, minlength=length + 1)[1:].astype(float)


def daily_expectation(model: PurchaseModel, customers: pd.DataFrame, until: int) -> np.ndarray:
    """What the model expects of them on the same days, from nothing but the day of each first purchase."""
    length = _history_days(customers) + until
    first = np.bincount(_history_days(customers) - customers["age_days"].to_numpy(dtype=int), minlength=length + 1)
    by_age = np.diff(model.expected_purchases(np.arange(length + 1.0)))
    return np.convolve(first, by_age)[:length]


def tracking(
    name: str, customers: pd.DataFrame, purchase_days: pd.DataFrame, model: PurchaseModel, until: int
) -> pd.DataFrame:
    """Repeat purchases a week, expected and actual, from the shop's beginning to `until` days after the as-of date.

    Weeks end on the weekday of the as-of date, so that none lies on both sides of it; the customers are those known
    then. Columns: candidate, period_end and orders expected and actual, incremental and cumulative.
    """
    as_of = date_of(customers)
    actual = daily_repeats(customers, purchase_days, as_of, until)
    expected = daily_expectation(model, customers, until)
    day = np.arange(1, len(actual) + 1) - _history_days(customers)
    week = -(-day // 7)
    frame = pd.DataFrame({"week": week, "expected": expected, "actual": actual}).groupby("week", as_index=False).sum()
    frame = frame[frame["week"] * 7 <= until]
    return pd.DataFrame(
        {
            "candidate": name,
            "period_end": as_of + pd.to_timedelta(frame["week"] * 7, unit="D"),
            "expected_orders_incremental": frame["expected"].round(3),
            "actual_orders_incremental": frame["actual"],
            "expected_orders_cumulative": frame["expected"].cumsum().round(3),
            "actual_orders_cumulative": frame["actual"].cumsum(),
        }
    ).astype(TRACKING_TYPES)


def _history_days(customers: pd.DataFrame) -> int:
    return int(customers["age_days"].max())
