"""How much each source is worth for customers of so many orders. What becomes a probability of it, others say."""

import numpy as np

from models.next_categories.sources import SOURCES

KINDS = (1, 2, 4, 8)  # orders from which a customer is of the next kind
LEAST_OF_A_KIND = 200  # fewer are weighed as everybody is

_STEPS, _TOLERANCE = 200, 1e-6


def kind_of(count: np.ndarray) -> np.ndarray:
    """0 of one order, 1 of two or three, 2 of four to seven, 3 of eight and more."""
    return np.searchsorted(KINDS, count, side="right") - 1


def mixture_weights(chances: np.ndarray, share: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """The weights under which the sources together made what came most likely, shape (n_kinds, n_sources).

    Parameters
    ----------
    chances : array, shape (n_draws, n_sources)
        What each source had given to a category that came.
    share : array, shape (n_draws,)
        The part of the customer's next order that it was.
    kind : array of int, shape (n_draws,)
        Of the customer.

    Rows sum to 1. Found by expectation maximisation (Dempster, Laird and Rubin 1977), which never falls: the weight of
    a source is the mean chance that it was the one that told. A kind that has less than 200 orders to learn from is
    weighed as all together are.
    """
    weights = np.tile(_weights(chances, share), (len(KINDS), 1))
    for one in range(len(KINDS)):
        own = kind == one
        if share[own].sum() >= LEAST_OF_A_KIND:
            weights[one] = _weights(chances[own], share[own])
    return weights


def mixed(chances: list[np.ndarray], weights: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """The chance of each category for each customer by all sources together, shape (n_customers, n_categories)."""
    of_customer = weights[kind]
    total = of_customer[:, [0]] * chances[0]
    for source in range(1, len(SOURCES)):
        total += of_customer[:, [source]] * chances[source]
    return total


def _weights(chances: np.ndarray, share: np.ndarray) -> np.ndarray:
    weights = np.full(len(SOURCES), 1.0 / len(SOURCES))
    for _step in range(_STEPS):
        told = chances * weights
        told *= (share / told.sum(axis=1))[:, None]
        better = told.sum(axis=0) / share.sum()
        if np.abs(better - weights).max() < _TOLERANCE:
            return better
        weights = better
    return weights
