"""The population stability index, by hand; what chance does to it; and what no model may be troubled by."""

from math import log

import numpy as np
import pytest

from models.drift import LEAST_SHARE, Bins, psi, shift


def test_psi_by_hand() -> None:
    """Half and half became three quarters and one: 0.25 ln(0.75 / 0.5) - 0.25 ln(0.25 / 0.5)."""
    assert psi(np.array([50, 50]), np.array([75, 25])) == pytest.approx(0.25 * log(1.5) + 0.25 * log(2))
    assert psi(np.array([50, 50]), np.array([5, 5])) == 0


def test_bins_are_tenths_of_what_a_model_learned_from() -> None:
    bins = Bins.of(np.arange(1, 101))
    assert bins.edges == tuple(range(10, 100, 10))
    assert bins.counts == (*[10] * 10, 0)
    gone = 5 * (0.2 - 0.1) * log(2) + 5 * (LEAST_SHARE - 0.1) * log(LEAST_SHARE / 0.1)
    of_many = Bins.of(np.tile(np.arange(1, 101), 100))
    assert shift(of_many, np.tile(np.arange(1, 51), 200)).psi == pytest.approx(gone)
    half_a_customer = 5 * (0.2 - 0.1) * log(2) + 5 * (0.005 - 0.1) * log(0.005 / 0.1)
    assert shift(bins, np.tile(np.arange(1, 51), 2)).psi == pytest.approx(half_a_customer)


def test_equal_values_share_a_bin_and_missing_ones_have_their_own() -> None:
    bins = Bins.of([0.0] * 80 + [1.0] * 10 + [5.0] * 10 + [np.nan] * 100)
    assert bins.edges == (0, 1)
    assert bins.counts == (80, 10, 10, 100)
    half_of_the_missing_are_known = [0.0] * 130 + [1.0] * 10 + [5.0] * 10 + [np.nan] * 50
    expected = (0.65 - 0.4) * log(0.65 / 0.4) + (0.25 - 0.5) * log(0.25 / 0.5)
    assert shift(bins, half_of_the_missing_are_known).psi == pytest.approx(expected)


def test_what_is_the_same_has_not_moved_in_whatever_order() -> None:
    values = np.random.default_rng(0).random(500)
    assert shift(Bins.of(values), values[::-1]).psi == 0
    assert Bins.of(values) == Bins.of(values[::-1])


@pytest.mark.parametrize(("then", "now"), [([], [1.0]), ([1.0], []), ([], []), ([np.nan], [np.nan]), ([np.inf], [2.0])])
def test_of_nothing_or_of_what_is_never_known_there_is_an_answer(then: list, now: list) -> None:
    found = shift(Bins.of(then), now)
    assert np.isfinite(found.psi)
    assert np.isfinite(found.chance)


@pytest.mark.parametrize("customers", [50, 300, 2_000])
def test_chance_alone_is_beyond_its_level_about_once_in_a_hundred(customers: int) -> None:
    draw = np.random.default_rng(1)
    beyond = []
    for _ in range(600):
        found = shift(Bins.of(draw.random(customers)), draw.random(customers))
        beyond.append(found.psi > found.chance)
    assert np.mean(beyond) < 0.035  # in small populations an empty bin is dear
