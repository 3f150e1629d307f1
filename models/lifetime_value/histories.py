"""Purchase histories as arrays: checked, and the distinct ones counted. No model here."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

# features that a fit reads, those of a history with their names in the literature
HISTORY = {"frequency": "frequency", "recency_days": "recency", "age_days": "T"}
SPEND = ("frequency", "monetary_value")
HISTORY_COLUMNS = list(HISTORY.values())


class TooLittleToFit(ValueError):
    """Nothing is wrong with the rows, but they do not determine a model."""


@dataclass(frozen=True)
class Histories:
    """Distinct purchase histories, each array of shape (n,): repeat purchases, their times, and how many customers."""

    frequency: np.ndarray
    recency: np.ndarray
    age: np.ndarray
    weight: np.ndarray

    def per_mean_age(self) -> tuple["Histories", float]:
        """The same histories with time counted in mean ages, which keeps every parameter near one; and that unit."""
        unit = float(np.average(self.age, weights=self.weight))
        return Histories(self.frequency, self.recency / unit, self.age / unit, self.weight), unit

    def sample(self, size: int) -> "Histories":
        """`size` customers at even distances in the order of the rows: few, yet of every kind in its proportion."""
        places = (np.arange(size) + 0.5) * self.weight.sum() / size
        rows = np.searchsorted(np.cumsum(self.weight), places).clip(max=self.weight.size - 1)
        return Histories(self.frequency[rows], self.recency[rows], self.age[rows], np.ones(size))


def checked_histories(X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`frequency`, `recency` and `T` of X as floats; ValueError names the first column and row that cannot be."""
    frequency, recency, age = (checked_column(X, column) for column in HISTORY_COLUMNS)
    _refuse(X, (frequency < 0) | (frequency != np.floor(frequency)), "frequency must be a whole number, 0 or more")
    _refuse(X, (recency < 0) | (recency > age), "recency must lie between 0 and T")
    _refuse(X, (frequency == 0) != (recency == 0), "recency must be 0 exactly when frequency is 0")
    return frequency, recency, age


def checked_column(X: pd.DataFrame, column: str, may_be_missing: bool = False) -> np.ndarray:
    """Column `column` of X as finite floats, nan allowed when `may_be_missing`."""
    if not isinstance(X, pd.DataFrame):
        raise ValueError(f"X must be a DataFrame with named columns, got {type(X).__name__}")
    if column not in X.columns:
        raise ValueError(f"X has no column {column!r}; it has {', '.join(map(str, X.columns)) or 'none'}")
    values = X[column].to_numpy(dtype=float, na_value=np.nan)
    _refuse(X, np.isinf(values) if may_be_missing else ~np.isfinite(values), f"{column} must be a finite number")
    return values


def checked_weight(sample_weight: ArrayLike | None, row_count: int) -> np.ndarray:
    """One finite weight of 0 or more per row; ones when None."""
    if sample_weight is None:
        return np.ones(row_count)
    weight = np.asarray(sample_weight, dtype=float)
    if weight.shape != (row_count,) or not np.isfinite(weight).all() or (weight < 0).any():
        raise ValueError(f"sample_weight must hold {row_count} finite numbers of 0 or more")
    return weight


def distinct_histories(X: pd.DataFrame, sample_weight: ArrayLike | None) -> Histories:
    """The distinct histories of X in sorted order, so that neither row order nor repetition matters to a fit."""
    frequency, recency, age = checked_histories(X)
    (frequency, recency, age), weight = distinct_rows((frequency, recency, age), checked_weight(sample_weight, len(X)))
    if weight.sum() < 2 or weight.size < 2:
        raise TooLittleToFit("a purchase model needs at least two customers whose histories differ")
    if not frequency.any():
        raise TooLittleToFit("a purchase model needs repeat purchases, but every frequency is 0")
    return Histories(frequency, recency, age, weight)


def distinct_rows(columns: tuple[np.ndarray, ...], weight: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Sorted distinct rows of some columns with their summed weight; rows of weight 0 are left out."""
    counted = weight > 0
    cell, first = cells(*(column[counted] for column in columns))
    return [column[counted][first] for column in columns], np.bincount(cell, weights=weight[counted])


def on_distinct_rows(function: Callable[..., np.ndarray], *columns: np.ndarray) -> np.ndarray:
    """`function(*columns)` for a function that works row by row, called with each distinct row once."""
    cell, first = cells(*columns)
    return function(*(column[first] for column in columns))[cell]


def cells(*columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cell of each row when rows with equal columns share one, and for each cell the position of its first row.

    Cells are in the order of their columns, which hold no nan. The places of a row's values among those of their
    columns are written as one number, which is what is counted: a third of the time of a groupby.
    """
    place, span = np.zeros(columns[0].size, dtype=np.int64), 1
    for column in columns:
        code, values = pd.factorize(column, sort=True)
        if span > 2**62 // max(values.size, 1):
            place, found = pd.factorize(place, sort=True)
            span = found.size
        place, span = place * values.size + code, span * values.size
    cell, found = pd.factorize(place, sort=True)
    first = np.empty(found.size, dtype=np.intp)
    first[cell[::-1]] = np.arange(cell.size)[::-1]
    return cell, first


def by_count(function: Callable[[np.ndarray], np.ndarray], count: np.ndarray) -> np.ndarray:
    """`function(count)` for whole counts, looked up in a table when there are fewer counts than rows."""
    top = int(count.max(initial=0))
    return function(np.arange(top + 1.0))[count.astype(np.intp)] if top < count.size else function(count)


def _refuse(X: pd.DataFrame, is_wrong: np.ndarray, rule: str) -> None:
    if is_wrong.any():
        position = int(np.argmax(is_wrong))
        raise ValueError(f"{rule}: {int(is_wrong.sum())} rows are not, the first is row {X.index[position]!r}")
