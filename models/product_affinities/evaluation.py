"""Measures recommendations on orders of a window that is over: one product of each is hidden, the others guess it.

Every ranking of guesses is told by one number of each order: how many products are guessed before the hidden one.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models.product_affinities.baskets import Baskets

MOST_TESTS = 20_000  # orders: a hit rate of these is known to a third of a point
FIRST = (5, 10)

_BLOCK = 2_000  # orders at a time
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class HiddenProducts:
    """Orders of known customers, of two products at least, one of which is hidden.

    Attributes
    ----------
    given : sparse array of 1 and nothing, shape (n_orders, n_products)
        The others.
    hidden : array of int, shape (n_orders,)
    before : sparse array of 1 and nothing, shape (n_orders, n_products)
        What the customer's order before held; nothing where there was none.
    customer_count : int
        How many customers they are of.
    """

    given: sparse.csr_array
    hidden: np.ndarray
    before: sparse.csr_array
    customer_count: int

    @property
    def count(self) -> int:
        """How many orders they are."""
        return len(self.hidden)


def hide_products(baskets: Baskets, chosen: np.ndarray, random_state: int) -> HiddenProducts:
    """Of some orders, by place, those that can be tested, at most 20,000; which product is hidden is drawn."""
    random = np.random.default_rng(random_state)
    size = np.diff(baskets.held.indptr)
    chosen = chosen[(size[chosen] >= 2) & (baskets.customers[chosen] >= 0)]
    if len(chosen) > MOST_TESTS:
        chosen = np.sort(random.choice(chosen, size=MOST_TESTS, replace=False))
    held = baskets.held[chosen]
    held.sort_indices()
    drawn = held.indptr[:-1] + random.integers(0, np.maximum(size[chosen], 1))
    shown = held.copy()
    shown.data[drawn] = 0.0
    shown.eliminate_zeros()
    previous = _previous_order(baskets.customers)[chosen]
    before = baskets.held[np.maximum(previous, 0)]
    before.data[np.repeat(previous < 0, np.diff(before.indptr))] = 0.0
    before.eliminate_zeros()
    return HiddenProducts(shown, held.indices[drawn], before, len(np.unique(baskets.customers[chosen])))


def hit_rates(guessed_before: np.ndarray) -> dict[str, float]:
    """hit_rate_5 and hit_rate_10: the share of orders whose hidden product is among the first so many guesses."""
    return {f"hit_rate_{first}": float((guessed_before < first).mean()) for first in FIRST}


def guessed_before_by_partners(tests: HiddenProducts, strengths: sparse.csr_array) -> np.ndarray:
    """By how strongly the products given recommend a product, summed; of equals the first by number is guessed first.

    Who recommends nothing guesses nothing: the hidden product is then never guessed.
    """
    return np.concatenate(
        [np.empty(0, dtype=np.int64)]
        + [
            _place_by_score(tests.given[start : start + _BLOCK], tests.hidden[start : start + _BLOCK], strengths)
            for start in range(0, tests.count, _BLOCK)
        ]
    )


def guessed_before_by_popularity(tests: HiddenProducts, orders_of: np.ndarray) -> np.ndarray:
    """By the number of orders that held a product, shape (n_products,); what is given is not guessed."""
    place = _places(orders_of)
    return place[tests.hidden] - _counted_before(tests.given, place, tests.hidden)


def guessed_before_by_last_order(tests: HiddenProducts, orders_of: np.ndarray) -> np.ndarray:
    """What the customer's order before held, by popularity, and then everything else by popularity."""
    place = _places(orders_of)
    fresh = (tests.before - tests.before.multiply(tests.given)).tocsr()
    fresh.eliminate_zeros()
    is_in_it = np.asarray(fresh[np.arange(tests.count), tests.hidden]).ravel() > 0
    before_among_fresh = _counted_before(fresh, place, tests.hidden)
    elsewhere = guessed_before_by_popularity(tests, orders_of) - before_among_fresh + np.diff(fresh.indptr)
    return np.where(is_in_it, before_among_fresh, elsewhere)


def _previous_order(customers: np.ndarray) -> np.ndarray:
    """The place of the customer's order before each, -1 where there is none; orders are in order of time."""
    by_customer = np.argsort(customers, kind="stable")
    previous = np.full(len(customers), -1)
    is_same = customers[by_customer[1:]] == customers[by_customer[:-1]]
    previous[by_customer[1:][is_same]] = by_customer[:-1][is_same]
    return previous


def _place_by_score(given: sparse.csr_array, hidden: np.ndarray, strengths: sparse.csr_array) -> np.ndarray:
    scores = (given @ strengths).tocsr()
    scores = (scores - scores.multiply(given)).tocsr()  # what is given is not guessed
    scores.sum_duplicates()
    own = np.asarray(scores[np.arange(len(hidden)), hidden]).ravel()
    row = np.repeat(np.arange(len(hidden)), np.diff(scores.indptr))
    is_before = (scores.data > own[row]) | ((scores.data == own[row]) & (scores.indices < hidden[row]))
    return np.where(own > 0, np.bincount(row[is_before], minlength=len(hidden)), _NEVER)


def _places(orders_of: np.ndarray) -> np.ndarray:
    """The place of each product when all stand in order of popularity, equals by number."""
    place = np.empty(len(orders_of), dtype=np.int64)
    place[np.argsort(-orders_of, kind="stable")] = np.arange(len(orders_of))
    return place


def _counted_before(products: sparse.csr_array, place: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """How many of the products of each row stand before the hidden one."""
    row = np.repeat(np.arange(len(hidden)), np.diff(products.indptr))
    is_before = place[products.indices] < place[hidden[row]]
    return np.bincount(row[is_before], minlength=len(hidden))
