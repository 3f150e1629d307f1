"""What gives customers their probabilities: sources weighed and calibrated, or shares where nothing is learned."""

from dataclasses import dataclass

import numpy as np

from models.next_categories.calibration import calibrated
from models.next_categories.mixture import kind_of, mixed
from models.next_categories.sources import PRIOR_ORDERS, SOURCES, Sources

MIXTURE, SHRUNK_SHARES = "category_mixture", "shrunk_shares"
SAME_AS_LAST, MOST_POPULAR = "same_as_last", "most_popular"
# Rules that weigh the sources without learning. A last order of up to nine categories comes before all others by this.
RULES = {SAME_AS_LAST: (0.0, 0.9, 0.0, 0.1), MOST_POPULAR: (0.0, 0.0, 0.0, 1.0)}


@dataclass(frozen=True)
class Guesser:
    """Weights of the sources by kind of customer, and the calibration of what they say together.

    Attributes
    ----------
    method : str
        How it is called where it scores.
    weights : array, shape (n_kinds, n_sources)
        Rows sum to 1.
    calibration : array, shape (4,)
        As `calibrated` wants them.
    """

    method: str
    weights: np.ndarray
    calibration: np.ndarray

    def probabilities(self, sources: Sources, rows: slice, chances: list[np.ndarray]) -> np.ndarray:
        """The probability of each category for some customers; `rows` and `chances` are one of `sources.blocks()`."""
        share = mixed(chances, self.weights, kind_of(sources.count[rows]))
        return calibrated(share, sources.breadth[rows], self.calibration)


@dataclass(frozen=True)
class ShrunkShares:
    """The share of the customer's orders that held a category, with five more as they are usual in the shop.

    Mean of a beta law whose prior is worth five orders; nothing is learned but the shop's own shares.
    """

    method: str = SHRUNK_SHARES

    def probabilities(self, sources: Sources, rows: slice, chances: list[np.ndarray]) -> np.ndarray:
        """As a `Guesser`'s; what the sources say is not asked."""
        held, count = sources.held[rows].toarray(), sources.count[rows][:, None]
        return (held + PRIOR_ORDERS * sources.shop.shares) / (count + PRIOR_ORDERS)


def rule_weights(method: str, kinds: int) -> np.ndarray:
    """The weights of a rule, the same for every kind of customer."""
    weights = np.tile(np.asarray(RULES[method]), (kinds, 1))
    assert weights.shape[1] == len(SOURCES)
    return weights
