"""The features and outcomes that every model is given: read alike, and guarded against the future. No model here.

What follows a date is known at another only when its window is over there (`is_over`), and no outcome may stand among
the features (`feature_names`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

KEY = ["customer_id", "as_of_date"]
# the last names the tier, and says no more than a year's sales
NOT_LEARNED_FROM = (*KEY, "is_today", "net_sales_12m")
# alike for all customers of a date, which they tell apart by
OF_THE_DATE = ("days_until_618", "days_until_double_11", "days_until_year_end")

# hardly two customers of a date are alike in all of these
TOLD_APART_BY = ("as_of_date", "age_days", "days_since_last_order", "frequency", "monetary_value", "net_sales")

MOST_CELLS = 2**19  # of dates and distinct values, 4 MB a table


def feature_names(features: pd.DataFrame) -> list[str]:
    """What may be learned from: all but the keys. ValueError when an outcome is among them: it lies in the future."""
    leaks = [name for name in features.columns if name.startswith("future_") or name in ("is_churned", "is_eligible")]
    if leaks:
        raise ValueError(f"features hold outcomes, which lie in the future: {', '.join(leaks)}")
    return [name for name in features.columns if name not in NOT_LEARNED_FROM]


def dated(frame: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """The frame in one fixed order, as-of dates as timestamps: no result depends on the order in which rows came."""
    return frame.assign(as_of_date=pd.to_datetime(frame["as_of_date"])).sort_values(order, ignore_index=True)


def customers_of(*frames: pd.DataFrame | None) -> pd.CategoricalDtype:
    """A type for `customer_id`: all customers of the frames in alphabetical order.

    Frames of this type (`of_type`) are sorted and joined by whole numbers and not by texts.
    """
    named = [pd.Series(frame["customer_id"].unique()) for frame in frames if frame is not None]
    return pd.CategoricalDtype(pd.Index(pd.concat(named).unique()).sort_values(), ordered=True)


def of_type(customers: pd.CategoricalDtype, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with `customer_id` of this type; each distinct name is looked up once, half of the time of astype."""
    code, names = pd.factorize(frame["customer_id"])
    places = customers.categories.get_indexer(names)
    return frame.assign(customer_id=pd.Categorical.from_codes(places[code], dtype=customers))


def date_of(customers: pd.DataFrame) -> pd.Timestamp:
    """The as-of date of customers who all have the same."""
    return pd.Timestamp(customers["as_of_date"].iloc[0])


def of_today(features: pd.DataFrame) -> pd.DataFrame:
    """The customers to score."""
    return features[features["is_today"].astype(bool)]


def of_past(features: pd.DataFrame) -> pd.DataFrame:
    """The customers to learn from."""
    return features[~features["is_today"].astype(bool)]


def is_over(dates: pd.Series, days: int, by: pd.Timestamp) -> pd.Series:
    """Whether the window of `days` days after each date had ended by a day; one that ends on it had."""
    return dates + pd.Timedelta(days=days) <= by


def dates_over(dates: pd.DatetimeIndex, days: int, by: pd.Timestamp) -> pd.DatetimeIndex:
    """The distinct dates whose window was over by a day, oldest first."""
    distinct = dates.unique().sort_values()
    return distinct[is_over(distinct.to_series(), days, by).to_numpy()]


def finite_numbers(features: pd.DataFrame, names: list[str]) -> np.ndarray:
    """These features as floats, shape (n_rows, n_names), what is not finite as missing."""
    numbers = np.empty((len(features), len(names)), order="F")  # column by column is how all that follows reads them
    for place, name in enumerate(names):
        numbers[:, place] = _finite(features[name])
    return numbers


def _finite(feature: pd.Series) -> np.ndarray:
    numbers = pd.to_numeric(feature).to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isinf(numbers), np.nan, numbers)


def rank_within_dates(numbers: np.ndarray, dates: pd.Series, columns: Iterable[int] | None = None) -> None:
    """Replace each number by the customer's rank among the customers of the same as-of date; a column is a feature.

    Of these columns, of all when None.

    Ranks lie between 0 and 1, ties share their mean rank, a missing value stays missing. A rank is blind to what moves
    everybody (Christmas, a young shop's growth), so what is learned at one date holds at another; in return a row means
    nothing without the other customers of its date.
    """
    of_date, distinct = pd.factorize(dates)
    for column in range(numbers.shape[1]) if columns is None else columns:
        numbers[:, column] = _shares_below(numbers[:, column], of_date, len(distinct))


@dataclass(frozen=True)
class DateRanks:
    """The ranks of `rank_within_dates` among the customers of one date, looked up for others of that date too.

    Of each feature the distinct values, rising, and how many known ones lie below each, all of them at the end: few
    numbers for most features, so that all customers of a date need not be held as one matrix.
    """

    values: list[np.ndarray]
    below: list[np.ndarray]

    @classmethod
    def of(cls, customers: pd.DataFrame, names: list[str]) -> Self:
        """Of customers of one date."""
        values, below = [], []
        for name in names:
            number, count = np.unique(_finite(customers[name]), return_counts=True)
            is_known = ~np.isnan(number)
            values.append(number[is_known])
            below.append(np.append(0, np.cumsum(count[is_known])))
        return cls(values, below)

    def write(self, numbers: np.ndarray, columns: Iterable[int] | None = None) -> None:
        """Replace each number by its rank; a column is a feature. Of these columns, of all when None."""
        for column in range(numbers.shape[1]) if columns is None else columns:
            numbers[:, column] = self._ranked(numbers[:, column], column)

    def _ranked(self, number: np.ndarray, column: int) -> np.ndarray:
        values, below = self.values[column], self.below[column]
        if not values.size:
            return np.full(number.size, np.nan)
        place = np.searchsorted(values, number)
        is_met = np.append(values, np.nan)[place] == number
        lower = below[place] + np.where(is_met, np.append(np.diff(below), 0)[place] / 2, 0.0)
        return np.where(np.isnan(number), np.nan, lower / below[-1])


def _shares_below(values: np.ndarray, of_date: np.ndarray, dates: int) -> np.ndarray:
    """The share of the known values of its date that lie below each, half of its equals included.

    Counted over distinct values, which most features have few of: a quarter of the time of sorting all rows. Where
    there are many, dates are looked at one by one, so that no table of dates and values grows far beyond the rows.
    """
    place, distinct = pd.factorize(values, sort=True)  # what is missing gets the place -1
    if dates > 1 and dates * distinct.size > MOST_CELLS:
        shares = np.empty(values.size)
        for date in range(dates):
            rows = np.flatnonzero(of_date == date)
            shares[rows] = _shares_below(values[rows], np.zeros(rows.size, dtype=int), 1)
        return shares
    known = place >= 0
    cell = of_date * distinct.size + place
    count = np.bincount(cell[known], minlength=dates * distinct.size).reshape(dates, distinct.size)
    below = (np.cumsum(count, axis=1) - count / 2) / np.maximum(count.sum(axis=1, keepdims=True), 1)
    return np.where(known, np.append(below.ravel(), np.nan)[cell], np.nan)


def rows_of_at_most(rows: pd.DataFrame, most: int, random_state: int) -> pd.DataFrame:
    """These rows, of more than `most` an even sample, in their order (`places_of_at_most`)."""
    return rows if len(rows) <= most else rows.iloc[places_of_at_most(rows, most, random_state)]


def places_of_at_most(rows: pd.DataFrame, most: int, random_state: int) -> np.ndarray:
    """The places of an even sample of at most so many rows, rising.

    Of rows and not of customers with all their dates: a customer is much the same a month later, so that as many rows
    of more customers teach more. Drawn by a digest of what is known of them and not by their order, which is that of
    ids, and these differ between data directories of the same shop.
    """
    if len(rows) <= most:
        return np.arange(len(rows))
    known = rows[[name for name in TOLD_APART_BY if name in rows]].assign(seed=random_state)
    digest = pd.util.hash_pandas_object(known, index=False).to_numpy()
    return np.sort(np.argsort(digest, kind="stable")[:most])
