"""In which order the partners of a product are recommended. Which order is best, later orders say."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import sparse

MOST_RANKS = 20


def _confidence(pairs: pd.DataFrame) -> pd.Series:
    return pairs["together"] / pairs["orders"]


def _cosine(pairs: pd.DataFrame) -> pd.Series:
    return pairs["together"] / np.sqrt(pairs["orders"] * pairs["other_orders"])


def _lift(pairs: pd.DataFrame) -> pd.Series:
    return pairs["together"] / (pairs["orders"] * pairs["other_orders"])


# confidence: the share of the product's orders that hold the other; it prefers what sells well anyway. lift: how many
# times the other's share of all orders; it prefers what sells seldom. cosine lies between them.
CONFIDENCE, COSINE, LIFT = "confidence", "cosine", "lift"
RANKINGS: dict[str, Callable[[pd.DataFrame], pd.Series]] = {CONFIDENCE: _confidence, COSINE: _cosine, LIFT: _lift}


def ranked_partners(pairs: pd.DataFrame, ranking: str) -> pd.DataFrame:
    """Both ways of each pair, with `strength` by the ranking and `rank`, at most 20 a product.

    `pairs` is as `judged_pairs` makes them; columns here: product, other (places of products), together, orders,
    other_orders, p_value, q_value, strength, rank. Sorted by product and rank; of equals the first by number.
    """
    there = pairs.rename(
        columns={"first": "product", "second": "other", "first_orders": "orders", "second_orders": "other_orders"}
    )
    back = pairs.rename(
        columns={"second": "product", "first": "other", "second_orders": "orders", "first_orders": "other_orders"}
    )
    both = pd.concat([there, back[there.columns]], ignore_index=True)
    both = both.assign(strength=RANKINGS[ranking](both))
    both = both.sort_values(["product", "strength", "other"], ascending=[True, False, True], ignore_index=True)
    both["rank"] = both.groupby("product").cumcount() + 1
    return both[both["rank"] <= MOST_RANKS].reset_index(drop=True)


def strengths(partners: pd.DataFrame, product_count: int) -> sparse.csr_array:
    """How strongly each product (row) recommends each other (column), shape (n_products, n_products)."""
    cells = (partners["product"].to_numpy(), partners["other"].to_numpy())
    return sparse.coo_array((partners["strength"].to_numpy(), cells), shape=(product_count, product_count)).tocsr()
