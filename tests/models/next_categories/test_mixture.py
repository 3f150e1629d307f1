"""The weights of sources and the calibration, on chances and orders whose truth is known."""

import numpy as np
import pytest

from models.next_categories.calibration import calibrated, fit_calibration
from models.next_categories.mixture import LEAST_OF_A_KIND, kind_of, mixture_weights


def test_weights_of_a_drawn_mixture_are_found_again():
    random = np.random.default_rng(0)
    true = np.array([0.5, 0.0, 0.2, 0.3])
    sources = random.dirichlet(np.full(8, 0.3), size=(20_000, 4))  # customer, source, category
    told = np.array([random.choice(4, p=true) for _ in range(20_000)])
    chances_of_all = sources[np.arange(20_000), told].cumsum(axis=1)
    came = (chances_of_all > random.random((20_000, 1))).argmax(axis=1)
    chances = sources[np.arange(20_000), :, came]
    weights = mixture_weights(chances, np.ones(20_000), np.zeros(20_000, dtype=int))
    assert weights[0] == pytest.approx(true, abs=0.03)
    assert weights.sum(axis=1) == pytest.approx(np.ones(4))


def test_a_kind_with_too_few_orders_is_weighed_as_everybody_is():
    few = LEAST_OF_A_KIND - 1
    chances = np.vstack([np.tile([0.9, 0.1, 0.1, 0.1], (1000, 1)), np.tile([0.1, 0.1, 0.1, 0.9], (few, 1))])
    kind = np.repeat([0, 3], [1000, few])
    weights = mixture_weights(chances, np.ones(1000 + few), kind)
    assert weights[0].argmax() == 0
    assert weights[3] == pytest.approx(weights[1])  # pooled, though its own orders say otherwise
    enough = mixture_weights(chances, np.r_[np.ones(1000), np.full(few, 2.0)], kind)
    assert enough[3].argmax() == 3


def test_kinds_begin_at_one_two_four_and_eight_orders():
    assert kind_of(np.array([1, 2, 3, 4, 7, 8, 1000])).tolist() == [0, 1, 1, 2, 2, 3, 3]


def test_calibration_brings_shares_to_what_comes_and_keeps_their_order():
    random = np.random.default_rng(1)
    share = random.dirichlet(np.full(6, 2.0), size=5_000)
    breadth = random.uniform(1.0, 3.0, 5_000)
    truth = (random.random(share.shape) < np.clip(share * breadth[:, None] * 0.8, 0, 1)).astype(float)
    coefficients = fit_calibration(share, breadth, truth)
    probability = calibrated(share, breadth, coefficients)
    assert probability.mean() == pytest.approx(truth.mean(), abs=0.002)
    for tenth in np.array_split(np.argsort(probability, axis=None), 10):
        assert probability.ravel()[tenth].mean() == pytest.approx(truth.ravel()[tenth].mean(), abs=0.03)
    assert (np.argsort(probability, axis=1) == np.argsort(share, axis=1)).all()
