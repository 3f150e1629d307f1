"""Bins of equal weight: the same ones that the trees of scikit-learn would make for themselves."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from models.boosted_trees import MAX_BINS
from models.quantile_bins import QuantileBins

RANDOM = np.random.default_rng(3)
ROWS = 3_000
COLUMNS = {
    "all different": RANDOM.random(ROWS),
    "few values": RANDOM.integers(0, 9, ROWS).astype(float),
    "mostly nothing": np.where(RANDOM.random(ROWS) < 0.9, 0.0, RANDOM.random(ROWS)),
    "many missing": np.where(RANDOM.random(ROWS) < 0.4, np.nan, RANDOM.random(ROWS)),
    "money": np.round(RANDOM.lognormal(3, 2, ROWS), 2),
}
X = np.column_stack(list(COLUMNS.values()))
WEIGHT = RANDOM.uniform(0.2, 5.0, ROWS)


def test_trees_that_are_given_the_numbers_of_the_bins_are_those_of_the_values():
    y = (np.nan_to_num(X).sum(axis=1) + RANDOM.normal(0, 30, ROWS) > 40).astype(int)
    trees = HistGradientBoostingClassifier(max_iter=30, max_bins=MAX_BINS, early_stopping=False, random_state=0)
    of_values = trees.fit(X, y, sample_weight=WEIGHT).decision_function(X)
    bins = QuantileBins(MAX_BINS).fit(X, sample_weight=WEIGHT)
    binned = bins.transform(X)
    of_bins = trees.fit(binned, y, sample_weight=WEIGHT).decision_function(binned)
    np.testing.assert_array_equal(of_bins, of_values)


def test_a_bin_holds_its_share_of_the_weight_and_what_equals_its_end():
    weight = np.array([1.0, 1.0, 1.0, 3.0])
    bins = QuantileBins(max_bins=2).fit(np.array([[4.0], [1.0], [2.0], [3.0]]), sample_weight=weight)
    assert bins.transform(np.array([[0.0], [3.0], [3.1], [9.0]])).ravel().tolist() == [0.0, 0.0, 1.0, 1.0]


def test_what_is_missing_stays_missing_and_few_values_stay_as_they_are():
    binned = QuantileBins(MAX_BINS).fit(X, sample_weight=WEIGHT).transform(X)
    np.testing.assert_array_equal(np.isnan(binned), np.isnan(X))
    np.testing.assert_array_equal(binned[:, 1], X[:, 1])
    assert np.nanmax(binned) == MAX_BINS - 1


@pytest.mark.parametrize("weight", [None, np.ones(ROWS)])
def test_without_weights_every_row_counts_alike(weight: np.ndarray | None):
    counts = np.bincount(QuantileBins(10).fit(X[:, :1], sample_weight=weight).transform(X[:, :1]).ravel().astype(int))
    assert counts == pytest.approx(ROWS / 10, abs=1)
