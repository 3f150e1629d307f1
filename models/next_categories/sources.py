"""Four simple guesses at a customer's next category, as they can be made on a day. How much each is worth, others say.

own
    The customer's own orders, the newest counting most.
last
    The last order alone.
follows
    What others ordered after an order like that.
popular
    What the shop sells these days.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

from models.next_categories.histories import Known

SOURCES = ("own", "last", "follows", "popular")
FADING = 0.9  # what an order counts beside the one after it
PRIOR_FOLLOWERS = 20.0  # orders as they are usual in the shop, with which those that followed a category are counted
POPULAR_DAYS = 90
PRIOR_POPULAR = 10.0  # orders as they were at all times, with which those of these days are counted
PRIOR_ORDERS = 5.0  # orders as they are usual in the shop, with which a customer's own are counted

_CELLS = 4_000_000  # customers times categories at a time: 32 MB for each source


@dataclass(frozen=True)
class Shop:
    """What can be said on a day of all customers together.

    Attributes
    ----------
    followers : array, shape (n_categories, n_categories)
        Row: category of an order; the chances of the next one's. Rows sum to 1.
    popular : array, shape (n_categories,)
        Sums to 1; no category is nothing.
    shares : array, shape (n_categories,)
        The share of the shop's orders that hold the category.
    """

    followers: np.ndarray
    popular: np.ndarray
    shares: np.ndarray

    @classmethod
    def on(cls, known: Known) -> Self:
        """From all that was known on the day."""
        popular, held = _popular(known), _held(known.histories.baskets)
        shares = held[known.known_orders].sum(axis=0) / max(known.known_orders.sum(), 1)
        return cls(_followers(known, popular), popular, shares)


@dataclass(frozen=True)
class Sources:
    """What can be said on a day of customers who had ordered by then.

    Attributes
    ----------
    shop : Shop
        Of all of them.
    own, last : sparse arrays, shape (n_customers, n_categories)
        Rows sum to 1.
    held : sparse array of the same shape
        In how many of the customer's orders each category was.
    count, breadth : arrays, shape (n_customers,)
        Orders by the day, and categories in one of them (with five orders as they are usual in the shop).
    """

    shop: Shop
    known: Known
    own: sparse.csr_array
    last: sparse.csr_array
    held: sparse.csr_array
    breadth: np.ndarray

    @property
    def count(self) -> np.ndarray:
        """Orders of each customer by the day, shape (n_customers,)."""
        return self.known.count

    def blocks(self) -> Iterator[tuple[slice, list[np.ndarray]]]:
        """Some customers at a time: which, and the chance of each category by each source, shape (n, n_categories)."""
        popular, followers = self.shop.popular, self.shop.followers
        size = max(_CELLS // max(len(popular), 1), 1)
        for start in range(0, len(self.count), size):
            rows = slice(start, start + size)
            last = self.last[rows]
            own = self.own[rows].toarray()
            yield rows, [own, last.toarray(), last @ followers, np.broadcast_to(popular, own.shape)]

    def those(self, chosen: np.ndarray) -> "Sources":
        """The same of some of the customers; `chosen` are places among these."""
        of = {name: getattr(self, name)[chosen] for name in ("own", "last", "held", "breadth")}
        return replace(self, known=self.known.those(chosen), **of)

    def at(self, row: np.ndarray, category: np.ndarray) -> np.ndarray:
        """The chances of single categories of single customers, shape (n_cells, n_sources)."""
        popular, followers = self.shop.popular, self.shop.followers
        cells = np.empty((len(row), len(SOURCES)))
        size = max(_CELLS // max(len(popular), 1), 1)
        for start in range(0, len(row), size):
            part = slice(start, start + size)
            who, what = row[part], category[part]
            last = self.last[who]
            columns = [
                self.own[who, what],
                self.last[who, what],
                (last @ followers)[np.arange(len(who)), what],
                popular[what],
            ]
            cells[part] = np.column_stack([np.asarray(column).ravel() for column in columns])
        return cells


def sources_on(known: Known, of: Known | None = None, shop: Shop | None = None) -> Sources:
    """What is known on a day of its customers, or of some of them; of the shop it is what all of them did.

    Unless what the shop did is told, as by more customers than these.
    """
    of, shop = known if of is None else of, shop or Shop.on(known)
    baskets, held = known.histories.baskets, _held(known.histories.baskets)
    orders, ago = _ranges(of.first, of.count), _ago(of.count)
    bounds = np.append(0, np.cumsum(of.count))
    fading = sparse.csr_array((FADING**ago, orders, bounds), shape=(len(of.count), baskets.shape[0]))
    own = fading @ baskets
    own.data /= np.repeat(fading.sum(axis=1), np.diff(own.indptr))
    every = sparse.csr_array((np.ones(len(orders)), orders, bounds), shape=fading.shape)
    in_orders = every @ held
    usual = shop.shares.sum()
    breadth = (in_orders.sum(axis=1) + PRIOR_ORDERS * usual) / (of.count + PRIOR_ORDERS)
    return Sources(shop, of, own, baskets[of.last], in_orders, breadth)


def _held(baskets: sparse.csr_array) -> sparse.csr_array:
    """1 for each category in an order."""
    return sparse.csr_array((np.ones(baskets.nnz), baskets.indices, baskets.indptr), shape=baskets.shape)


def _ranges(first: np.ndarray, count: np.ndarray) -> np.ndarray:
    """first, first + 1, … of each, one after the other."""
    begins = np.cumsum(count) - count
    return np.arange(count.sum()) + np.repeat(first - begins, count)


def _ago(count: np.ndarray) -> np.ndarray:
    """How many orders each was before the customer's last, in the order of `_ranges`."""
    return np.repeat(np.cumsum(count), count) - 1 - np.arange(count.sum())


def _popular(known: Known) -> np.ndarray:
    """The categories of the last 90 days' orders, with ten as all were until then, and one as if all were equal."""
    baskets, days = known.histories.baskets, known.histories.days
    is_recent = known.known_orders & (days > np.datetime64(known.day - pd.Timedelta(days=POPULAR_DAYS), "D"))
    ever, recent = (np.asarray(baskets[rows].sum(axis=0)).ravel() for rows in (known.known_orders, is_recent))
    ever = (ever + 1.0 / max(len(ever), 1)) / (ever.sum() + 1.0)
    return (recent + PRIOR_POPULAR * ever) / (recent.sum() + PRIOR_POPULAR)


def _followers(known: Known, popular: np.ndarray) -> np.ndarray:
    """From the category of an order to that of the customer's next one, by all pairs that were known on the day."""
    orders = _ranges(known.first, known.count)
    is_last = np.zeros(len(orders), dtype=bool)
    is_last[np.cumsum(known.count) - 1] = True
    before = orders[~is_last]  # the order after it is the customer's next
    baskets = known.histories.baskets
    pairs = np.asarray((baskets[before].T @ baskets[before + 1]).todense())
    return (pairs + PRIOR_FOLLOWERS * popular) / (pairs.sum(axis=1, keepdims=True) + PRIOR_FOLLOWERS)
