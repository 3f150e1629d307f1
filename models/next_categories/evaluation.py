"""Measures guesses on the next orders of a window that is over. It learns nothing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models import metrics
from models.next_categories.guessers import Guesser, ShrunkShares
from models.next_categories.sources import Sources
from models.result_tables import ALL, metric_table

MOST_RANKS = 5


def measure(
    guessers: Mapping[str, Guesser | ShrunkShares],
    roles: Mapping[str, str],
    sources: Sources,
    holds: np.ndarray,
    test_as_of_date: pd.Timestamp,
    window_days: int,
) -> pd.DataFrame:
    """One row per candidate and metric, as METRIC_TYPES says; see `measures` for what they are."""
    rows = [
        (name, roles[name], metric, value)
        for name, guesser in guessers.items()
        for metric, value in measures(guesser, sources, holds).items()
    ]
    measured = pd.DataFrame(rows, columns=["candidate", "role", "metric", "value"])
    return metric_table(measured.assign(segment=ALL, customer_count=len(holds)), test_as_of_date, window_days)


def measures(guesser: Guesser | ShrunkShares, sources: Sources, holds: np.ndarray) -> dict[str, float]:
    """How right a guesser was of customers of whom it is known which categories their next order held.

    Parameters
    ----------
    sources : Sources
        Of n customers, on the day that they were guessed.
    holds : array of 0 and 1, shape (n, n_categories or one more)
        The next order. Its last column may be all categories that nobody guesses: who bought those alone is missed.

    Returns
    -------
    dict
        hit_rate_1, hit_rate_3: share of customers whose next order held the first guess, or one of the first three.
        log_loss: mean over customers and categories that can be guessed. bias: of the probabilities of the first five,
        relative to how many of those came.
    """
    width = len(sources.known.histories.categories)
    found = np.empty((len(holds), min(MOST_RANKS, width)))
    told = np.empty_like(found)
    loss = 0.0
    for rows, chances in sources.blocks():
        probability = guesser.probabilities(sources, rows, chances)[:, :width]
        truth = holds[rows, :width]
        loss += metrics.log_loss(truth.ravel(), probability.ravel()) * truth.size
        top = first_guesses(probability)
        told[rows] = np.take_along_axis(probability, top, axis=1)
        found[rows] = np.take_along_axis(truth, top, axis=1)
    return {
        "hit_rate_1": float(found[:, 0].mean()),
        "hit_rate_3": float(found[:, :3].any(axis=1).mean()),
        "log_loss": loss / (len(holds) * width),
        "bias": metrics.bias(found.ravel(), told.ravel()),
    }


def first_guesses(probability: np.ndarray) -> np.ndarray:
    """The five likeliest categories of each row, the likeliest first, equals by their number; shape (n, at most 5)."""
    most = min(MOST_RANKS, probability.shape[1])
    top = np.sort(np.argpartition(-probability, most - 1, axis=1)[:, :most], axis=1)
    order = np.argsort(-np.take_along_axis(probability, top, axis=1), axis=1, kind="stable")
    return np.take_along_axis(top, order, axis=1)
