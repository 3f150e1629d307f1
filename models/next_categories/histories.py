"""Customers' orders as whole numbers, and what of them was known on a day. Guesses nothing.

An order is the share of its lines that each category has: an order speaks once, however much it holds.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

MOST_CATEGORIES = 500  # that can be guessed; of a shop with more, those that most orders hold

_DAYS = "datetime64[D]"


@dataclass(frozen=True)
class Histories:
    """All orders, sorted by customer and then by time.

    Attributes
    ----------
    customers : array of str, shape (n_customers,)
        Sorted.
    categories : array of str, shape (n_categories,)
        Those that can be guessed, sorted.
    baskets : sparse array, shape (n_orders, n_categories or one more)
        Rows sum to 1. The last column, if there is one more, is all categories that cannot be guessed.
    days : array of datetime64[D], shape (n_orders,)
        Business date of each order.
    starts : array of int, shape (n_customers + 1,)
        Where the orders of each customer begin.
    """

    customers: np.ndarray
    categories: np.ndarray
    baskets: sparse.csr_array
    days: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, lines: pd.DataFrame, most_categories: int = MOST_CATEGORIES, like: "Histories | None" = None) -> Self:
        """From rows of customer_id, purchase_number, order_date, category and line_count, in any order.

        Where these are some of the shop's customers, categories are those of others of them, `like`. One that those
        never bought is left out, if every category that they bought can be guessed.
        """
        lines = lines.dropna(subset=["customer_id", "purchase_number", "category"])
        if like is None:
            category, categories = _guessable(lines["category"], most_categories)
            width = max(len(categories), int(category.max(initial=-1)) + 1)
        else:
            categories, width = like.categories, like.baskets.shape[1]
            category = pd.Index(categories).get_indexer(lines["category"])
            category[category < 0] = len(categories)
            lines, category = lines[category < width], category[category < width]
        customer, customers = pd.factorize(lines["customer_id"], sort=True)
        number = lines["purchase_number"].to_numpy(dtype=np.int64)
        order_key, first, order = np.unique(
            customer * (number.max(initial=0) + 1) + number, return_index=True, return_inverse=True
        )
        count = lines["line_count"].to_numpy(dtype=float)
        baskets = sparse.coo_array((count, (order, category)), shape=(len(order_key), width)).tocsr()
        baskets.data /= np.repeat(baskets.sum(axis=1), np.diff(baskets.indptr))
        return cls(
            customers=np.asarray(customers, dtype=object),
            categories=np.asarray(categories, dtype=object),
            baskets=baskets,
            days=pd.to_datetime(lines["order_date"]).to_numpy()[first].astype(_DAYS),
            starts=np.searchsorted(customer[first], np.arange(len(customers) + 1)),
        )

    def known_on(self, day: pd.Timestamp) -> "Known":
        """What had been ordered by the end of a day, and by whom."""
        is_known = np.append(0, np.cumsum(self.days <= np.datetime64(day, "D")))
        counts = np.diff(is_known[self.starts])  # a customer's orders are in order of time: those known come first
        who = np.flatnonzero(counts)
        return Known(self, day, who, self.starts[who], counts[who])


def _guessable(category: pd.Series, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The number of each row's category, and the names of those that can be guessed; all others share one number."""
    code, names = pd.factorize(category, sort=True)
    if len(names) <= most:
        return code, np.asarray(names)
    kept = np.sort(np.argsort(-np.bincount(code), kind="stable")[:most])
    places = np.full(len(names), most)
    places[kept] = np.arange(most)
    return places[code], np.asarray(names)[kept]


@dataclass(frozen=True)
class Known:
    """The customers who had ordered by a day, and their orders up to it.

    Attributes
    ----------
    who : array of int, shape (n,)
        Their numbers among all customers.
    first, count : arrays of int, shape (n,)
        Where the orders of each begin, and how many there are.
    """

    histories: Histories
    day: pd.Timestamp
    who: np.ndarray
    first: np.ndarray
    count: np.ndarray

    @property
    def last(self) -> np.ndarray:
        """Each customer's last order by the day, shape (n,)."""
        return self.first + self.count - 1

    @property
    def known_orders(self) -> np.ndarray:
        """All orders by the day, shape (n_orders,) of the shop; true where it is one."""
        return self.histories.days <= np.datetime64(self.day, "D")

    def those(self, chosen: np.ndarray) -> "Known":
        """The same of some customers; `chosen` are places among these."""
        return Known(self.histories, self.day, self.who[chosen], self.first[chosen], self.count[chosen])

    def next_within(self, days: int) -> tuple["Known", np.ndarray]:
        """Those whose next order came within so many days after the day, and which one it is."""
        following = self.first + self.count
        is_one = following < self.histories.starts[self.who + 1]
        until = np.datetime64(self.day, "D") + days
        is_one[is_one] = self.histories.days[following[is_one]] <= until
        chosen = np.flatnonzero(is_one)
        return self.those(chosen), following[chosen]
