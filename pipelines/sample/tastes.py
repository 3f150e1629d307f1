"""Which categories a person's next order will hold, by whoever knows how baskets are filled. Knows no time.

Three in five lines are of the favourite category and the others of any; what costs more than a category offers is of
the dearest. So a taste is a favourite and what the person spends: `chances` says what orders of each hold, by drawing
many, and `likely_favourites` how likely each is the favourite given what was bought (Bayes' rule).
"""

import numpy as np

from pipelines.sample.basket import fill_baskets, sold_as
from pipelines.sample.catalogue import CATEGORIES, PRODUCTS_A_CATEGORY, Catalogue
from pipelines.sample.parameters import Parameters

SPENDS = np.geomspace(10, 30_000, 40)  # CNY an order in the mean
ORDERS_EACH = 500


def chances(catalogue: Catalogue, shop: Parameters, mean_spend: np.ndarray) -> np.ndarray:
    """That an order holds a category, shape (persons, favourites, categories), of persons who spend so much."""
    size, rng = len(CATEGORIES), np.random.default_rng(0)
    spend, favourite = np.meshgrid(np.repeat(SPENDS, ORDERS_EACH), np.arange(size), indexing="ij")
    wanted = 100 * rng.gamma(shop.p, spend.ravel() / shop.p)
    is_plain = np.zeros(spend.size, bool)
    _, lines = fill_baskets(rng, wanted, favourite.ravel(), is_plain, is_plain, catalogue, shop)
    holds = np.zeros((spend.size, size))
    holds[lines.order, lines.product // PRODUCTS_A_CATEGORY] = 1
    of_spend = holds.reshape(len(SPENDS), ORDERS_EACH, size, size).mean(axis=1)
    nearest = np.abs(np.log(SPENDS) - np.log(mean_spend)[:, None]).argmin(axis=1)
    return of_spend[nearest]


def likely_favourites(
    catalogue: Catalogue, shop: Parameters, person: np.ndarray, category: np.ndarray, amount: np.ndarray, persons: int
) -> np.ndarray:
    """That a category is the favourite, shape (persons, favourites), given lines bought: whose, of what, cents paid."""
    size = len(CATEGORIES)
    wished = np.full((size, size), (1 - shop.favourite_line) / size) + shop.favourite_line * np.eye(size)
    is_so = sold_as(np.arange(size), amount[:, None], catalogue) == category[:, None]
    says = np.log(np.maximum(is_so @ wished.T, 1e-9))
    total = np.zeros((persons, size))
    np.add.at(total, person, says)
    likely = np.exp(total - total.max(axis=1, keepdims=True))
    return likely / likely.sum(axis=1, keepdims=True)
