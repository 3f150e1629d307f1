"""How far what a model is given has moved since it learned: the population stability index (PSI). No model here.

Source: Siddiqi, Credit Risk Scorecards (2006), who calls a population stable below 0.1 and another one above 0.25; how
far chance alone moves it: Yurdakul and Naranjo, Statistical Properties of the Population Stability Index (2020).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

TENTHS = np.arange(1, 10) / 10
LEAST_SHARE = 1e-4  # of an empty bin, whose logarithm there is none of; of few customers half a one
CHANCE = 0.99  # what chance moves further than once in a hundred is no chance


@dataclass(frozen=True)
class Bins:
    """How values lay when a model learned.

    `edges`, rising, belong to the bin below them; `counts` are the values in the len(edges) + 1 bins, then those that
    are missing.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, values: ArrayLike) -> "Bins":
        """Tenths of the values that are known; where many are equal there are fewer bins."""
        numbers = np.asarray(values, dtype=float)
        known = numbers[np.isfinite(numbers)]
        edges = np.unique(np.quantile(known, TENTHS, method="inverted_cdf")) if known.size else np.empty(0)
        return cls(tuple(edges.tolist()), tuple(_counts(edges, numbers).tolist()))

    def counted(self, values: ArrayLike) -> np.ndarray:
        """How many of other values lie in each of these bins, shape (len(edges) + 2,)."""
        return _counts(np.asarray(self.edges), np.asarray(values, dtype=float))


@dataclass(frozen=True)
class Shift:
    """The PSI of one feature, and the least that chance exceeds once in a hundred in populations of this size."""

    psi: float
    chance: float


def shift(bins: Bins, values: ArrayLike) -> Shift:
    """How far `values` lie from those of `bins`; 0 when there are none to compare."""
    then, now = np.asarray(bins.counts, dtype=float), bins.counted(values).astype(float)
    if not then.sum() or not now.sum():
        return Shift(0.0, 0.0)
    return Shift(psi(then, now), _chance(then, now))


def psi(then: np.ndarray, now: np.ndarray) -> float:
    """The sum over bins of (p - q) ln(p / q) of two rows of counts; for nobody in a bin see LEAST_SHARE."""
    least = max(LEAST_SHARE, 0.5 / min(then.sum(), now.sum()))
    before, after = (np.maximum(counts[then + now > 0] / counts.sum(), least) for counts in (then, now))
    return float(((after - before) * np.log(after / before)).sum())


def _chance(then: np.ndarray, now: np.ndarray) -> float:
    """Without any shift PSI is distributed nearly as (1/n + 1/m) times chi-square of as many degrees as bins less 1."""
    bins = int(((then + now) > 0).sum())
    return float((1 / then.sum() + 1 / now.sum()) * stats.chi2.ppf(CHANCE, bins - 1)) if bins > 1 else 0.0


def _counts(edges: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    known = numbers[np.isfinite(numbers)]
    found = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return np.append(found, numbers.size - known.size)
