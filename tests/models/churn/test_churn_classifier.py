"""The classifier: scikit-learn's law, probabilities that follow the season, and inputs that do not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from models.churn.classifier import ChurnClassifier
from models.churn.inputs import relative_inputs
from models.churn.ranker import ChurnRanker

DATES = pd.date_range("2023-01-01", periods=8, freq="30D")


@parametrize_with_checks([ChurnClassifier(ranker=ChurnRanker(max_iter=20, min_samples_leaf=5, random_state=0))])
def test_the_classifier_keeps_the_law_of_scikit_learn(estimator, check):
    check(estimator)


def _customers(shares: list[float], rows: int = 1500, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One informative input and one of noise; the share of each date leaves, those with a high input first."""
    random = np.random.default_rng(seed)
    inputs, truths = [], []
    for share in shares:
        X = random.uniform(size=(rows, 2))
        risk = X[:, 0] + random.normal(0, 0.3, rows)
        inputs.append(X)
        truths.append(risk > np.quantile(risk, 1 - share))
    return np.concatenate(inputs), np.concatenate(truths), np.repeat(DATES[: len(shares)], rows)


def test_the_mean_probability_is_the_newest_share_or_the_one_that_is_foretold():
    X, left, dates = _customers([0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7])
    model = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X, left, dates)
    newest = dates == dates.max()
    assert model.predict_proba(X[newest])[:, 1].mean() == pytest.approx(model.level_, abs=1e-6)
    assert model.level_ == pytest.approx(0.7, abs=0.001)
    assert model.probability_at(X[newest], 0.2).mean() == pytest.approx(0.2, abs=1e-6)
    assert model.probability_at(X[:0], 0.2).size == 0


def test_a_season_that_moves_everybody_does_not_change_what_is_learned_of_the_single_customer():
    calm, moving = [0.5] * 6, [0.2, 0.8, 0.3, 0.7, 0.4, 0.6]
    X_new = np.random.default_rng(5).uniform(size=(200, 2))
    orders = []
    for shares in (calm, moving):
        X, left, dates = _customers(shares)
        orders.append(ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X, left, dates).decision_function(X_new))
    assert np.corrcoef(*orders)[0, 1] > 0.97


def test_probabilities_match_what_happens_later_in_every_fifth_of_the_customers():
    X, left, dates = _customers([0.5] * 7, seed=1)
    X_later, left_later, _ = _customers([0.5], rows=5000, seed=2)
    probability = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X, left, dates).predict_proba(X_later)[:, 1]
    fifth = pd.qcut(probability, 5, labels=False)
    gaps = pd.Series(probability - left_later).groupby(fifth).mean()
    assert gaps.abs().max() < 0.04


def test_an_overconfident_ranker_is_calmed_by_the_weights_it_gets_out_of_time():
    random = np.random.default_rng(0)
    rows = len(DATES) * 600
    X, left, dates = random.uniform(size=(rows, 20)), random.uniform(size=rows) < 0.5, np.repeat(DATES, 600)
    ranker = ChurnRanker(max_iter=300, learning_rate=0.3, min_samples_leaf=5, l2_regularization=0, random_state=0)
    weights = ChurnClassifier(ranker=ranker).fit(X, left, dates).weights_
    assert weights[0] < 0.1
    assert (weights >= 0).all()


def test_who_knows_more_than_the_ranker_gets_the_weight():
    random = np.random.default_rng(3)
    X, left, dates = _customers([0.5] * 7)
    knowing = np.where(left, 2.0, -2.0) + random.normal(0, 1, len(left))
    classifier = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X, left, dates, beside=knowing)
    guessing = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(
        X, left, dates, beside=random.normal(0, 1, len(left))
    )
    assert classifier.weights_[2] > 0.8
    assert guessing.weights_[2] < 0.05
    newest = dates == dates.max()
    right = (classifier.decision_function(X[newest], knowing[newest]) > 0) == left[newest]
    assert right.mean() > 0.95


def test_shares_and_one_number_are_the_log_odds():
    X, left, dates = _customers([0.5] * 7)
    X[::7, 1] = np.nan
    beside = np.random.default_rng(4).normal(0, 1, len(left))
    model = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X, left, dates, beside=beside)
    shares = model.shares(np.array([0, 2]))(X)
    assert shares.shape == (len(X), 3)
    assert (shares[:, 1] == 0).all()
    rest = model.decision_function(X, beside) - shares.sum(axis=1) - model.weights_[2] * beside
    assert np.ptp(rest) < 1e-9
    assert shares[:, 0].std() > 10 * shares[:, 2].std()  # the second input is noise


def test_a_ranker_that_has_learned_from_the_earlier_dates_need_not_learn_again():
    X, left, dates = _customers([0.5] * 7)
    earlier = dates <= dates.max() - pd.Timedelta(days=90)
    classifier = ChurnClassifier(ranker=ChurnRanker(random_state=0))
    known = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X[earlier], left[earlier], dates[earlier])
    alone = classifier.fit(X, left, dates).weights_
    helped = classifier.fit(X, left, dates, lambda: known.ranker_).weights_
    assert helped == pytest.approx(alone, abs=1e-9)


def test_missing_values_and_columns_that_say_nothing_are_no_obstacle():
    X, left, dates = _customers([0.5] * 4)
    silent = np.full((len(X), 1), np.nan)
    holes = np.where(np.random.default_rng(1).uniform(size=X.shape) < 0.1, np.nan, X)
    model = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(
        np.hstack([holes, silent, silent * 0 + 7]), left, dates
    )
    assert model.ranker_.used_.tolist() == [True, True, False, False]
    assert np.isfinite(model.predict_proba(np.hstack([holes, silent, silent]))).all()


def test_without_any_input_everybody_gets_the_level():
    _, left, dates = _customers([0.3] * 3)
    nothing = np.ones((len(left), 1))
    model = ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(nothing, left, dates)
    assert model.predict_proba(nothing)[:, 1] == pytest.approx(0.3, abs=0.001)


def test_relative_inputs_are_blind_to_what_moves_everybody_at_a_date():
    calm = pd.DataFrame({"as_of_date": [1, 1, 1, 2, 2, 2], "orders": [1.0, 2.0, 4.0, 1.0, 2.0, 4.0]})
    christmas = calm.assign(orders=calm["orders"] * [1, 1, 1, 9, 9, 9])
    np.testing.assert_array_equal(relative_inputs(calm, ["orders"]), relative_inputs(christmas, ["orders"]))


def test_relative_inputs_share_ties_and_keep_missing_values_missing():
    table = pd.DataFrame({"as_of_date": 1, "orders": [5.0, 5.0, np.nan, 9.0, np.inf]})
    np.testing.assert_allclose(relative_inputs(table, ["orders"])[:, 0], [1 / 3, 1 / 3, np.nan, 5 / 6, np.nan])
