"""Shares of trees are Shapley values: by their definition, computed feature by feature, and in their sum."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from models.tree_shares import tree_shares


def trained(kind, **parameters):
    random = np.random.default_rng(0)
    X = random.uniform(size=(2_000, 4))
    X[random.uniform(size=X.shape) < 0.1] = np.nan
    sums = np.nan_to_num(X[:, 0] * X[:, 1], nan=0.7) + 0.3 * np.nan_to_num(X[:, 2])
    y = (sums > np.median(sums)).astype(int) if kind is HistGradientBoostingClassifier else sums
    return kind(max_leaf_nodes=8, random_state=0, **parameters).fit(X, y), X


def expected(nodes: np.ndarray, place: int, row: np.ndarray, known: set[int]) -> float:
    """What a tree is expected to say of a row of which only some features are known."""
    node = nodes[place]
    if node["is_leaf"]:
        return float(node["value"])
    left, right = (int(node[side]) for side in ("left", "right"))
    if int(node["feature_idx"]) in known:
        value = row[int(node["feature_idx"])]
        goes_left = bool(node["missing_go_to_left"]) if np.isnan(value) else value <= node["num_threshold"]
        return expected(nodes, left if goes_left else right, row, known)
    rows = [float(nodes["count"][side]) for side in (left, right)]
    means = [expected(nodes, side, row, known) for side in (left, right)]
    return (rows[0] * means[0] + rows[1] * means[1]) / sum(rows)


def by_definition(nodes: np.ndarray, row: np.ndarray, feature: int, count: int) -> float:
    """The feature's mean gain over all orders in which features become known."""
    others = [other for other in range(count) if other != feature]
    total = 0.0
    for size in range(count):
        for subset in combinations(others, size):
            weight = factorial(size) * factorial(count - size - 1) / factorial(count)
            gain = expected(nodes, 0, row, {*subset, feature}) - expected(nodes, 0, row, {*subset})
            total += weight * gain
    return total


def test_each_share_is_the_mean_gain_over_all_orders():
    model, X = trained(HistGradientBoostingClassifier, max_iter=3)
    rows = X[:25]
    trees, _ = tree_shares(model, np.arange(4))
    total = np.zeros((len(rows), 4))
    for tree in trees:
        tree.add_to(total, rows)
    nodes = [predictor.nodes for [predictor] in model._predictors]
    wanted = [[sum(by_definition(tree, row, feature, 4) for tree in nodes) for feature in range(4)] for row in rows]
    np.testing.assert_allclose(total, wanted, atol=1e-12)


@pytest.mark.parametrize("kind", [HistGradientBoostingClassifier, HistGradientBoostingRegressor])
def test_shares_by_group_and_the_mean_are_the_raw_prediction(kind):
    model, X = trained(kind, max_iter=40)
    trees, mean = tree_shares(model, np.array([0, 1, 1, 0]))
    total = np.zeros((len(X), 2))
    for tree in trees:
        tree.add_to(total, X)
    np.testing.assert_allclose(mean + total.sum(axis=1), model._raw_predict(X).ravel(), atol=1e-9)


def test_a_tree_of_too_many_splits_is_refused():
    model, _ = trained(HistGradientBoostingClassifier, max_iter=1)
    model.set_params(max_leaf_nodes=20, max_iter=1).fit(*reversed([model.predict_proba(_)[:, 1] > 0.5, _]))
    with pytest.raises(ValueError, match="splits has too many ways"):
        tree_shares(model, np.arange(4))
