"""Looks for a better way to grow trees among a few that are drawn. What is learned, and what a loss is, others say."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from sklearn.model_selection import ParameterSampler

from models.churn.ranker import ChurnRanker

GRID = {
    "max_iter": [60, 100, 200],
    "learning_rate": [0.03, 0.05, 0.1],
    "max_leaf_nodes": [4, 6, 8],
    "min_samples_leaf": [20, 40, 100, 200],
    "l2_regularization": [1.0, 10.0, 30.0],
}
Found = TypeVar("Found")


def searched(
    ranker: ChurnRanker, fits: int, random_state: int, tried: Callable[[ChurnRanker], tuple[np.ndarray, Found]]
) -> tuple[ChurnRanker, Found]:
    """A ranker, or one of `fits` - 1 drawn from GRID that is better than it by more than chance.

    `tried` gives the loss of each customer of a later window, shape (n,), and what was found on the way, which comes
    back with the ranker. The given one keeps its place unless another's mean loss is lower by more than the standard
    error of the difference: with few fits the winner of a draw would mostly be luck.
    """
    own_loss, own = tried(ranker)
    best, found, best_lead = ranker, own, 0.0
    for parameters in ParameterSampler(GRID, n_iter=fits - 1, random_state=random_state) if fits > 1 else ():
        other = ChurnRanker(**{**ranker.get_params(), **parameters})
        loss, of_other = tried(other)
        leads = own_loss - loss
        if leads.mean() > max(best_lead, leads.std() / np.sqrt(len(leads))):
            best, found, best_lead = other, of_other, float(leads.mean())
    return best, found
