"""Orders as rows of products, and which of them a day may know. Counts nothing.

An order of more than 100 products is no basket: it is a stock list, which says little about what goes with what and
would weigh as much as five thousand orders of two. It is left out everywhere.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd
from scipy import sparse

HISTORY_DAYS = 365
MOST_PRODUCTS = 100  # of an order


@dataclass(frozen=True)
class Baskets:
    """Orders, sorted by time and then by order_id.

    Attributes
    ----------
    products : array of str, shape (n_products,)
        Sorted.
    held : sparse array of 1 and nothing, shape (n_orders, n_products)
    days : array of datetime64[D], shape (n_orders,)
        Business date of each order.
    customers : array of int, shape (n_orders,)
        A number for each customer; -1 where nobody is known.
    """

    products: np.ndarray
    held: sparse.csr_array
    days: np.ndarray
    customers: np.ndarray

    @classmethod
    def of(cls, lines: pd.DataFrame) -> Self:
        """From rows of order_id, customer_id, ordered_at, order_date and product_id, in any order, repeated or not."""
        lines = lines.dropna(subset=["order_id", "product_id"])
        order, orders = pd.factorize(lines["order_id"], sort=True)
        product, products = pd.factorize(lines["product_id"], sort=True)
        customer, _names = pd.factorize(lines["customer_id"], sort=True)
        first = np.unique(order, return_index=True)[1]
        moments = pd.to_datetime(lines["ordered_at"]).to_numpy()[first]
        in_time = np.argsort(moments, kind="stable")
        held = sparse.coo_array((np.ones(len(lines)), (order, product)), shape=(len(orders), len(products))).tocsr()
        held.data[:] = 1.0  # a line more of a product says nothing more
        baskets = cls(
            products=np.asarray(products, dtype=object),
            held=held,
            days=pd.to_datetime(lines["order_date"]).to_numpy()[first].astype("datetime64[D]"),
            customers=customer[first],
        )
        is_basket = np.diff(held.indptr) <= MOST_PRODUCTS
        return baskets.those(in_time[is_basket[in_time]])

    def those(self, chosen: np.ndarray) -> Self:
        """Some of the orders, by place."""
        return replace(self, held=self.held[chosen], days=self.days[chosen], customers=self.customers[chosen])

    def year_to(self, day: pd.Timestamp) -> Self:
        """The orders of the 365 days that end with a day."""
        return self.those(
            np.flatnonzero(self._are_after(day - pd.Timedelta(days=HISTORY_DAYS)) & ~self._are_after(day))
        )

    def window_after(self, day: pd.Timestamp, days: int) -> np.ndarray:
        """Places of the orders of so many days after a day."""
        return np.flatnonzero(self._are_after(day) & ~self._are_after(day + pd.Timedelta(days=days)))

    def _are_after(self, day: pd.Timestamp) -> np.ndarray:
        return self.days > np.datetime64(day, "D")
