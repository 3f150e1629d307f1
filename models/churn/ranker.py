"""Orders customers by how likely they leave: boosted trees and a line. Knows no dates and no base rate."""

from collections.abc import Callable
from typing import Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from models.boosted_trees import MAX_BINS, BoostedTrees, in_blocks, telling_columns
from models.one_thread import on_one_thread
from models.quantile_bins import QuantileBins
from models.tree_shares import tree_shares


class ChurnRanker(BoostedTrees):
    """Log-odds of gradient-boosted trees and of a logistic regression, side by side.

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

    def log_odds(self, X: np.ndarray) -> np.ndarray:
        """Of leaving, by the trees and by the line, shape (n_rows, 2), at the base rate that the weights of `fit` made.

        All zero when nothing could be used.
        """
        if not self.used_.any():
            return np.zeros((len(X), 2))
        return in_blocks(self._both, X, self.used_)

    def shares(self, weights: np.ndarray, groups: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """What tells of X how much each group of features adds to `log_odds(X) @ weights`, shape (n_rows, groups).

        `groups` has the group of every feature, numbers from 0 on. With one number that all rows have in common the
        shares add up to the log-odds.
        """
        count = int(groups.max(initial=-1)) + 1
        if not self.used_.any():
            return lambda X: np.zeros((len(X), count))
        of_used = groups[self.used_]
        trees, _ = tree_shares(self.trees_, of_used)
        scaler, line = self.line_[0], self.line_[-1]
        of_group = np.zeros((of_used.size, count))
        of_group[np.arange(of_used.size), of_used] = weights[1] * line.coef_[0] / scaler.scale_

        def of_block(used: np.ndarray) -> np.ndarray:
            total = np.zeros((len(used), count))
            binned = self.bins_.transform(used)
            for tree in trees:
                tree.add_to(total, binned)
            return weights[0] * total + (self._filled(used) - scaler.mean_) @ of_group

        return lambda X: in_blocks(of_block, X, self.used_)

    def _both(self, used: np.ndarray) -> np.ndarray:
        by_trees = self.trees_.decision_function(self.bins_.transform(used))
        return np.column_stack([by_trees, self.line_.decision_function(self._filled(used))])

    def _filled(self, used: np.ndarray) -> np.ndarray:
        return np.where(np.isnan(used), self.median_, used)

    def _line(self) -> Pipeline:
        return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
