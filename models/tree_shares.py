"""What each feature adds to the forecast of small boosted trees: exact Shapley values. What is learned, others know.

The values are those of Lundberg et al., From Local Explanations to Global Understanding with Explainable AI for Trees
(Nature Machine Intelligence 2, 2020): the expectation of a tree of which some features are known follows the customer
at their splits and takes the mean of both sides, by the rows that the tree grew from, at all others.
"""

from dataclasses import dataclass
from math import factorial
from typing import Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

MOST_SPLITS = 10  # of one tree: 1,024 ways through it


@dataclass(frozen=True)
class Split:
    """A node that asks whether a feature is at most a threshold; where it is missing, it goes left or not."""

    feature: int
    threshold: float
    missing_goes_left: bool

    def goes_left(self, X: np.ndarray) -> np.ndarray:
        """The answer of each row of X, shape (n,)."""
        values = X[:, self.feature]
        left = values <= self.threshold
        return left | np.isnan(values) if self.missing_goes_left else left


@dataclass(frozen=True)
class TreeShares:
    """One tree: its splits, and for every set of answers to them what each of its groups of features adds.

    `shares` has shape (2 ** number of splits, number of groups): a row's answers, read as a binary number, are the
    place. A small tree has few sets of answers, so that a million customers are looked up and none is computed.
    """

    splits: list[Split]
    groups: np.ndarray
    shares: np.ndarray
    mean: float

    @classmethod
    def of(cls, nodes: np.ndarray, groups: np.ndarray) -> Self:
        """From the nodes of a scikit-learn tree and the group (a number from 0 on) of every feature."""
        inner = np.flatnonzero(~nodes["is_leaf"].astype(bool))
        if inner.size > MOST_SPLITS:
            raise ValueError(f"a tree of {inner.size} splits has too many ways through it: at most {MOST_SPLITS}")
        features = np.unique(nodes["feature_idx"][inner])
        subsets = np.arange(2**features.size)
        known = (subsets >> np.arange(features.size)[:, None] & 1).astype(bool)  # by feature and subset
        answers = (np.arange(2**inner.size) >> np.arange(inner.size)[:, None] & 1).astype(bool)
        value = _values(
            nodes, 0, dict(zip(inner.tolist(), answers, strict=True)), dict(zip(features, known, strict=True))
        )
        value = np.broadcast_to(value, (subsets.size, 2**inner.size))
        of_tree, place = np.unique(groups[features], return_inverse=True)
        shares = np.zeros((2**inner.size, of_tree.size))
        for number, feature in enumerate(range(features.size)):
            without = subsets[~known[feature]]
            others = known[:, without].sum(axis=0)
            weight = np.array([factorial(k) * factorial(features.size - k - 1) for k in others]) / factorial(
                features.size
            )
            shares[:, place[number]] += weight @ (value[without | 1 << feature] - value[without])
        splits = [
            Split(int(node["feature_idx"]), float(node["num_threshold"]), bool(node["missing_go_to_left"]))
            for node in nodes[inner]
        ]
        return cls(splits, of_tree, shares, float(value[0, 0]))

    def add_to(self, total: np.ndarray, X: np.ndarray) -> None:
        """Add what each group adds for the rows of X to `total`, shape (n, groups)."""
        place = np.zeros(len(X), dtype=np.intp)
        for number, split in enumerate(self.splits):
            place += split.goes_left(X).astype(np.intp) << number
        for column, group in enumerate(self.groups):
            total[:, group] += self.shares[place, column]


def tree_shares(
    trees: HistGradientBoostingClassifier | HistGradientBoostingRegressor, groups: np.ndarray
) -> tuple[list[TreeShares], float]:
    """The shares of every tree of a fitted model of one output, and the mean to which they are added.

    `groups` has the group of each feature, shape (n_features,). For every row of X the mean and its shares add up to
    the raw prediction (log-odds of a classifier). ValueError when a tree has more than MOST_SPLITS splits.
    """
    found = [TreeShares.of(predictor.nodes, groups) for [predictor] in trees._predictors]
    return found, float(np.ravel(trees._baseline_prediction)[0]) + sum(tree.mean for tree in found)


def _values(nodes: np.ndarray, place: int, answers: dict[int, np.ndarray], known: dict[int, np.ndarray]) -> np.ndarray:
    """What is expected below a node, by subset of known features and set of answers."""
    node = nodes[place]
    if node["is_leaf"]:
        return np.full((1, 1), float(node["value"]))
    left = _values(nodes, int(node["left"]), answers, known)
    right = _values(nodes, int(node["right"]), answers, known)
    rows_left, rows_right = float(nodes["count"][node["left"]]), float(nodes["count"][node["right"]])
    mean = (rows_left * left + rows_right * right) / (rows_left + rows_right)
    followed = np.where(answers[place], left, right)
    return np.where(known[int(node["feature_idx"])][:, None], followed, mean)
