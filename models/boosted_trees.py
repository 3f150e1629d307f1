"""Small gradient-boosted trees as all our estimators grow them. What is learned, and from which rows, is theirs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from models.one_thread import on_one_thread

GRADIENT_BOOSTING = "gradient_boosting"  # how a score names the method

MAX_BINS = 63  # as good as 255, whose quantiles take longer to find than the trees to grow

_BLOCK = 16_384  # rows: 4 MB of thirty features

Trees = TypeVar("Trees", HistGradientBoostingClassifier, HistGradientBoostingRegressor)


class BoostedTrees(BaseEstimator):
    """Base of estimators made of HistGradientBoosting: its parameters, with defaults that are small on purpose."""

    def __init__(
        self,
        max_iter: int = 100,
        learning_rate: float = 0.05,
        max_leaf_nodes: int = 8,
        min_samples_leaf: int = 40,
        l2_regularization: float = 10.0,
        random_state: int | None = None,
    ):
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.random_state = random_state

    def _trees(self, kind: type[Trees]) -> Trees:
        return kind(
            max_features=0.3,
            max_bins=MAX_BINS,
            early_stopping=False,  # it would hold out random rows, and a customer's other dates with them
            **self.get_params(),
        )


def in_blocks(function: Callable[[np.ndarray], np.ndarray], X: np.ndarray, used: np.ndarray) -> np.ndarray:
    """`function` of these columns of X, some rows at a time: few enough to stay in the processor's cache.

    Threads have blocks of their own, so that none waits for another, and no result depends on how many there are.
    """
    starts = range(0, max(len(X), 1), _BLOCK)
    of_block = on_one_thread(function)
    with ThreadPoolExecutor() as pool:
        return np.concatenate(list(pool.map(lambda start: of_block(X[start : start + _BLOCK, used]), starts)))


def telling_columns(X: np.ndarray) -> np.ndarray:
    """Which columns of X hold two different values at least, shape (n_features,); the others say nothing."""
    return np.fmin.reduce(X, axis=0) < np.fmax.reduce(X, axis=0)  # of what is known; no sorting
