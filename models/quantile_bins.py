"""Values as the number of the bin they lie in, bins of equal weight. What is learned from them, others know."""

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin


class QuantileBins(TransformerMixin, BaseEstimator):
    """Bins of equal weight, column by column: those that HistGradientBoosting would make, found at once.

    Of weighted rows scikit-learn 1.9 looks for the quantiles of a column one by one and sorts it for each: two thirds
    of the time in which the trees of a forecast are learned. Trees that are given the numbers of the bins have nothing
    left to look for, and are the same trees. A column with few different values stays as it is, as does what is
    missing.

    Not checked with `parametrize_with_checks`: the classifier that is made with it is.

    Parameters
    ----------
    max_bins : int
        At most so many bins of a column.

    Attributes
    ----------
    thresholds_ : list of array or None
        Of each column the greatest value of every bin but the last, rising; None where it stays as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from models.quantile_bins import QuantileBins
    >>> X = np.array([[0.1], [0.2], [0.3], [0.7], [np.nan]])
    >>> QuantileBins(max_bins=2).fit_transform(X, sample_weight=np.array([1, 1, 1, 3, 1])).ravel().tolist()
    [0.0, 0.0, 0.0, 1.0, nan]
    """

    def __init__(self, max_bins: int = 63):
        self.max_bins = max_bins

    def fit(self, X: np.ndarray, y: np.ndarray | None = None, sample_weight: np.ndarray | None = None) -> Self:
        """Find the bins of X, shape (n_rows, n_features), floats; y is not looked at."""
        self.thresholds_ = [self._thresholds(column, sample_weight) for column in X.T]
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """The numbers of the bins, from 0 on, as floats in the shape of X."""
        binned = np.empty(X.shape, order="F")
        for place, thresholds in enumerate(self.thresholds_):
            column = X[:, place]
            binned[:, place] = column if thresholds is None else np.searchsorted(thresholds, column)
        binned[np.isnan(X)] = np.nan
        return binned

    def _thresholds(self, column: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        rising = np.argsort(column)[: np.count_nonzero(~np.isnan(column))]  # what is missing comes last
        values = column[rising]
        if np.count_nonzero(np.diff(values)) < self.max_bins:
            return None
        below = np.arange(1.0, values.size + 1) if weight is None else np.cumsum(weight[rising])
        ends = np.linspace(0, 1, self.max_bins + 1)[1:-1] * below[-1]
        return np.unique(values[np.searchsorted(below, ends)])
