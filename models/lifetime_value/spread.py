"""How far a customer's money may lie from its forecast: draws and the shortest interval over them. No fitting."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

LEVELS = np.round(np.arange(0.30, 0.995, 0.01), 2)
_CELLS_AT_ONCE = 5_000  # 16 MB for an array of cells by draws


@dataclass(frozen=True)
class Spread:
    """Draws of what each customer will spend.

    Customers of the same `cell`, shape (n,), share the rows of `draws`, shape (cells, draws), sorted; a customer's own
    draws are these times `scale`, shape (n,).
    """

    draws: np.ndarray
    cell: np.ndarray
    scale: np.ndarray

    def interval(self, level: float, value: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper end for each customer: the shortest interval with a share `level` of the draws.

        It is stretched to hold `value`, the forecast, which for a customer who will probably buy nothing lies above
        all of a short interval. Where nothing is likely the lower end is 0.
        """
        ends = np.empty((2, len(self.draws)))
        for start in range(0, len(self.draws), _CELLS_AT_ONCE):
            ends[:, start : start + _CELLS_AT_ONCE] = _shortest(self.draws[start : start + _CELLS_AT_ONCE], level)
        low, high = ends[:, self.cell] * self.scale
        return np.minimum(low, value), np.maximum(high, value)

    def scaled(self, factor: ArrayLike) -> "Spread":
        """The same with every customer's draws multiplied by a factor of 0 or more."""
        return Spread(self.draws, self.cell, self.scale * np.asarray(factor, dtype=float))


def coverage(truth: ArrayLike, low: ArrayLike, high: ArrayLike, tolerance: float = 0.005) -> float:
    """Share of customers whose truth lies in their interval, half a cent of rounding allowed."""
    actual = np.asarray(truth, dtype=float)
    return float(np.mean((actual >= np.asarray(low) - tolerance) & (actual <= np.asarray(high) + tolerance)))


def calibrated_level(spread: Spread, value: ArrayLike, truth: ArrayLike, nominal: float) -> float:
    """The level whose intervals held the share `nominal` of past truths: the smallest such of LEVELS, else the last.

    Split conformal calibration of nested intervals (Gupta, Kuchibhotla and Ramdas 2022, Nested conformal prediction and
    quantile out-of-bag ensemble methods). The truths must be of an earlier window than the intervals are published for.
    """
    low, high = 0, len(LEVELS) - 1
    while low < high:
        middle = (low + high) // 2
        is_enough = coverage(truth, *spread.interval(LEVELS[middle], value)) >= nominal
        low, high = (low, middle) if is_enough else (middle + 1, high)
    return float(LEVELS[low])


def _shortest(draws: np.ndarray, level: float) -> np.ndarray:
    """Ends, shape (2, rows), of the shortest interval with a share `level` of each row of draws; the first of ties."""
    count = draws.shape[1]
    width = min(max(int(np.ceil(level * count)), 1), count)
    start = np.argmin(draws[:, width - 1 :] - draws[:, : count - width + 1], axis=1)
    rows = np.arange(len(draws))
    return np.stack([draws[rows, start], draws[rows, start + width - 1]])
