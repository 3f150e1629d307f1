"""Several forecasts made one: convex weights from windows that are over. Which windows, and what for, others say."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from models.boosted_trees import GRADIENT_BOOSTING

ROUNDS = 300
STEP = 30.0
MOST_ROWS = 20_000  # of one window: more would not move a weight's second digit
PRIOR_WINDOWS = 2.0  # that the weights before any window count as
SHARE_OF_BOOSTING = 0.5  # before any window: it is told what the others know


@dataclass(frozen=True)
class Blend:
    """Candidates by name and how much of each is in the blend; weights of 0 or more that add up to 1."""

    names: list[str]
    weights: np.ndarray

    @classmethod
    def before_any_window(cls, names: list[str]) -> Self:
        """As much of each, but of the boosting as much as of all others together."""
        is_boosting = np.array([name == GRADIENT_BOOSTING for name in names])
        if not is_boosting.any() or is_boosting.all():
            return cls(names, np.full(len(names), 1.0 / len(names)))
        return cls(names, np.where(is_boosting, SHARE_OF_BOOSTING, (1 - SHARE_OF_BOOSTING) / (len(names) - 1)))

    @classmethod
    def learned(cls, windows: list[tuple[pd.DataFrame, np.ndarray]], names: list[str]) -> Self:
        """The weights with the least absolute error on windows that are over, drawn towards those before any window.

        Each window is the candidates' amounts, shape (n, candidates), and the truth, shape (n,). What is weighed is who
        spends how much of the total, so all are brought to the window's total first, and every window counts alike.
        The weights before any window count as two windows: of few windows, learned weights alone do worse than fixed
        ones (Smith and Wallis 2009, A simple explanation of the forecast combination puzzle).
        """
        parts, truths = [], []
        for amounts, truth in windows:
            rows = _spread_out(len(truth))
            scale = np.abs(truth).mean()
            if not (truth.sum() > 0 and scale > 0):
                continue
            shares = _with_mean(amounts[names].to_numpy(dtype=float), truth.mean())
            parts.append(shares[rows] / (scale * rows.size))
            truths.append(truth[rows] / (scale * rows.size))
        before = cls.before_any_window(names)
        if not parts:
            return before
        found = _least_absolute(np.vstack(parts), np.concatenate(truths))
        weights = (len(parts) * found + PRIOR_WINDOWS * before.weights) / (len(parts) + PRIOR_WINDOWS)
        return cls(names, weights)

    def of(self, amounts: pd.DataFrame, means: pd.Series | None = None) -> np.ndarray:
        """The blend of candidates' amounts, each brought to the same total, with mean 1; shape (n,).

        `means` are the candidates' over more customers than these; left out, over these.
        """
        known = None if means is None else means[self.names].to_numpy(dtype=float)
        return _with_mean(amounts[self.names].to_numpy(dtype=float), 1.0, known) @ self.weights

    def sentence(self) -> str:
        """The weights in words, the largest first."""
        order = np.argsort(-self.weights, kind="stable")
        return ", ".join(f"{self.weights[place]:.0%} {self.names[place]}" for place in order)


def _with_mean(columns: np.ndarray, mean: float, known: np.ndarray | None = None) -> np.ndarray:
    """Each column with this mean; one that is nothing for everybody says the same of all."""
    means = columns.mean(axis=0) if known is None else known
    return np.where(means > 0, columns * (mean / np.where(means > 0, means, 1.0)), mean)


def _spread_out(count: int) -> np.ndarray:
    """All rows, or at even distances as many as are looked at."""
    if count <= MOST_ROWS:
        return np.arange(count)
    return ((np.arange(MOST_ROWS) + 0.5) * count / MOST_ROWS).astype(int)


def _least_absolute(columns: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Convex weights of columns, shape (n, k), with the least sum of absolute errors.

    By exponentiated subgradients (Kivinen and Warmuth 1997), which stay within the simplex by themselves; the best of
    all rounds.
    """
    weights = np.full(columns.shape[1], 1.0 / columns.shape[1])
    best, least = weights, np.inf
    for number in range(ROUNDS):
        error = columns @ weights - truth
        loss = np.abs(error).sum()
        if loss < least:
            best, least = weights, loss
        slope = np.sign(error) @ columns
        weights = weights * np.exp(-STEP / np.sqrt(1.0 + number) * (slope - slope.mean()))
        weights = weights / weights.sum()
    return best
