"""The supervised rival on amounts whose law is known."""

import doctest

import numpy as np
import pytest
from sklearn.base import clone

from models.lifetime_value import spend_boosting
from models.lifetime_value.spend_boosting import SpendBoosting


@pytest.fixture(scope="module")
def sample() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = random.random((6_000, 3))
    X[random.random(6_000) < 0.1, 2] = np.nan
    base = random.gamma(0.5, 200.0, 6_000) + 1.0
    chance, mean = 0.2 + 0.6 * X[:, 0], base * np.exp(X[:, 1])
    amount = np.where(random.random(6_000) < chance, mean * random.lognormal(-0.18, 0.6, 6_000), 0.0)
    return X, amount, base, chance, mean


@pytest.fixture(scope="module")
def model(sample) -> SpendBoosting:
    X, amount, base, _, _ = sample
    return SpendBoosting(random_state=0).fit(X, amount, base)


def test_chance_and_amount_are_the_true_ones(model, sample) -> None:
    X, amount, base, chance, mean = sample
    assert np.abs(model.predict_chance(X) - chance).mean() < 0.05
    assert np.abs(np.log(model.predict_amount(X, base) / mean)).mean() < 0.15
    assert (model.predict_chance(X) * model.predict_amount(X, base)).sum() == pytest.approx(amount.sum(), rel=0.05)


def test_a_customer_beyond_all_that_was_learned_from_is_forecast_in_proportion(model) -> None:
    X = np.full((2, 3), 0.5)
    usual, large = model.predict_amount(X, [100.0, 1e6])
    assert large == pytest.approx(usual * 1e4)


def test_draws_are_nothing_as_often_as_the_chance_says_and_amounts_above(model) -> None:
    draws = model.draws_by_chance([0.25, 1.0])
    assert (draws[0] > 0).mean() == pytest.approx(0.25, abs=0.01)
    assert (draws[1] > 0).all()
    assert draws.mean(axis=1) == pytest.approx([0.25, 1.0], rel=0.05)
    assert (np.diff(draws, axis=1) >= 0).all()


def test_a_feature_that_never_differs_is_left_out_and_reruns_are_equal(model, sample) -> None:
    X, amount, base, _, _ = sample
    wider = np.column_stack([X, np.ones(len(X)), np.full(len(X), np.nan)])
    again = clone(model).fit(wider, amount, base)
    assert again.used_.tolist() == [True, True, True, False, False]
    assert again.predict_chance(wider).tolist() == model.predict_chance(X).tolist()


def test_too_little_to_learn_from_is_refused_in_words(sample) -> None:
    X, amount, base, _, _ = sample
    with pytest.raises(ValueError, match="fewer than 50 customers spent"):
        SpendBoosting().fit(X, np.zeros(len(X)), base)
    with pytest.raises(ValueError, match="fewer than 50 customers spent"):
        SpendBoosting().fit(X, np.ones(len(X)), base)
    with pytest.raises(ValueError, match="no feature differs"):
        SpendBoosting().fit(np.ones((len(X), 1)), amount, base)


def test_the_documented_example_runs() -> None:
    outcome = doctest.testmod(spend_boosting)
    assert outcome.attempted > 0
    assert outcome.failed == 0
