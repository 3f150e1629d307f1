"""Pairs of products that are ordered together more often than by chance. What is done with them is not known here."""

import numpy as np
import pandas as pd
from scipy import sparse, stats

from models.product_affinities.baskets import Baskets

LEAST_ORDERS_OF_A_PRODUCT = 5  # below, a pair cannot be told from chance
LEAST_ORDERS_TOGETHER = 5
MOST_FALSE = 0.05  # of the pairs that are kept, expected

_BLOCK = 256  # products whose partners are counted at a time


def judged_pairs(baskets: Baskets) -> pd.DataFrame:
    """Each pair that stands in at least five orders together, with the test of whether that is more than chance.

    Columns: first, second (places of products, first < second), together, first_orders, second_orders (numbers of
    orders), p_value, q_value. Sorted by first and second.

    By chance means: products fall into orders each as often as it does, and orders are each as large as they are. Then
    a pair is expected in n1 * n2 * sum(m * (m - 1)) / (sum m) ** 2 orders, where m are the sizes of all orders; with
    n1 * n2 / N, which takes every order for the mean one, every pair of a shop with some large orders would be a find.
    The number together is held against the binomial law of N orders with that mean, one-sided.

    q_value is that of Benjamini and Hochberg (1995) among all pairs that could have been found, those that never met
    included: every two products of at least five orders each. Which products those are says nothing of who meets whom.
    """
    order_count = baskets.held.shape[0]
    orders_of = np.asarray(baskets.held.sum(axis=0)).ravel()
    tested = np.flatnonzero(orders_of >= LEAST_ORDERS_OF_A_PRODUCT)
    first, second, together = _counted(baskets.held[:, tested])
    pairs = pd.DataFrame(
        {
            "first": tested[first],
            "second": tested[second],
            "together": together,
            "first_orders": orders_of[tested[first]].astype(np.int64),
            "second_orders": orders_of[tested[second]].astype(np.int64),
        }
    )
    chance = pairs["first_orders"] * pairs["second_orders"] * _meeting_rate(baskets) / max(order_count, 1)
    p_value = stats.binom.sf(pairs["together"] - 1, order_count, np.minimum(chance, 1.0))
    test_count = len(tested) * (len(tested) - 1) // 2
    return pairs.assign(p_value=p_value, q_value=false_discovery_rate(p_value, test_count))


def kept_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Those of which five in a hundred at most are expected to be chance."""
    return pairs[pairs["q_value"] <= MOST_FALSE].reset_index(drop=True)


def false_discovery_rate(p_value: np.ndarray, test_count: int) -> np.ndarray:
    """Benjamini and Hochberg's adjusted p-values of the smallest among so many tests; the others count as 1.

    The same as `scipy.stats.false_discovery_control` with the missing ones appended, which may be billions.
    """
    order = np.argsort(p_value, kind="stable")
    ranked = p_value[order] * (test_count / np.arange(1, len(p_value) + 1))
    rate = np.empty(len(p_value))
    rate[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return rate


def _meeting_rate(baskets: Baskets) -> float:
    """What n1 * n2 is multiplied with to be the number of orders in which two products meet by chance."""
    size = np.diff(baskets.held.indptr).astype(float)
    return float((size * (size - 1)).sum() / max(size.sum() ** 2, 1.0))


def _counted(held: sparse.csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which two products, the first before the second, stand together in how many orders, five at least.

    A block of products at a time: of 50,000 products no more than some hundred megabytes are ever held.
    """
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = [(np.empty(0, int), np.empty(0, int), np.empty(0, int))]
    held = held.astype(np.int32)
    of_product = held.T.tocsr()
    for start in range(0, held.shape[1], _BLOCK):
        block = (of_product[start : start + _BLOCK] @ held).tocoo()
        row, column = block.coords
        is_enough = (block.data >= LEAST_ORDERS_TOGETHER) & (column > row + start)
        found.append((row[is_enough] + start, column[is_enough], block.data[is_enough]))
    first, second, together = (np.concatenate(parts).astype(np.int64) for parts in zip(*found, strict=True))
    order = np.lexsort((second, first))
    return first[order], second[order], together[order]
