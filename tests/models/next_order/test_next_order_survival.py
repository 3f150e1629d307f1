"""The share that lasts longer: by hand, with what has not ended, where it ends, and back from a share to a time."""

import numpy as np
import pytest

from models.next_order import survival
from models.next_order.survival import Survival


@pytest.fixture
def to_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """No tail is held back: the steps go as far as the durations do."""
    monkeypatch.setattr(survival, "LEAST_BEYOND", 1)
    monkeypatch.setattr(survival, "SHARE_BEYOND", 0.0)


def test_shares_are_those_of_kaplan_and_meier_by_hand(to_the_last) -> None:
    """Six leukaemia patients' worth of arithmetic: an open duration leaves those at risk and takes no share."""
    durations = np.array([6.0, 6.0, 6.0, 6.0, 7.0, 9.0, 10.0, 10.0, 13.0])
    has_ended = np.array([True, True, True, False, True, False, True, False, False])
    curve = Survival.of(durations, has_ended)
    assert curve.times.tolist() == [6, 7, 10]
    assert curve.shares.tolist() == pytest.approx([6 / 9, 6 / 9 * 4 / 5, 6 / 9 * 4 / 5 * 2 / 3])
    shares = curve.longer_than(np.array([0.0, 5.9, 6.0, 9.9, 10.0, 13.0]))
    assert shares.tolist() == pytest.approx([1, 1, 6 / 9, 8 / 15, 16 / 45, 16 / 45])


def test_it_does_not_depend_on_the_order_of_rows() -> None:
    random = np.random.default_rng(1)
    durations, has_ended = np.ceil(random.exponential(20, 500)), random.random(500) < 0.7
    mixed = random.permutation(500)
    one, other = Survival.of(durations, has_ended), Survival.of(durations[mixed], has_ended[mixed])
    for name in ("times", "shares", "tail_from", "tail_share", "tail_slope"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_open_durations_hide_nothing_of_the_law() -> None:
    random = np.random.default_rng(2)
    lasting, watched = random.exponential(30, 40_000), random.uniform(0, 90, 40_000)
    curve = Survival.of(np.minimum(lasting, watched), lasting <= watched)
    times = np.array([5.0, 20.0, 40.0, 60.0])
    assert curve.longer_than(times) == pytest.approx(np.exp(-times / 30), abs=0.01)


def test_the_slope_of_a_power_law_is_found_again_and_carries_it_on() -> None:
    random = np.random.default_rng(3)
    lasting = 10 * random.uniform(0, 1, 60_000) ** (-1 / 0.6)
    curve = Survival.of(np.minimum(lasting, 400.0), lasting <= 400.0)
    assert curve.tail_slope == pytest.approx(0.6, abs=0.03)
    assert curve.longer_than(np.array([2000.0])) == pytest.approx([(2000 / 10) ** -0.6], rel=0.1)


@pytest.mark.parametrize("ended_share", [0.05, 0.5, 1.0])
def test_a_time_and_its_share_lead_to_each_other(ended_share: float) -> None:
    random = np.random.default_rng(4)
    durations = np.ceil(random.exponential(60, 3000))
    curve = Survival.of(durations, random.random(3000) < ended_share)
    shares = np.array([0.99, 0.7, 0.31, 0.1, 0.01])
    times = curve.time_of(shares)
    assert (np.diff(times) > 0).all()
    assert (curve.longer_than(times) <= shares + 1e-9).all()
    assert (curve.longer_than(times * (1 - 1e-6) - 1e-6) >= shares - 1e-9).all()


def test_shares_never_rise_and_never_end() -> None:
    random = np.random.default_rng(5)
    for ended_share in (0.01, 0.5, 1.0):
        curve = Survival.of(np.ceil(random.exponential(60, 400)), random.random(400) < ended_share)
        shares = curve.longer_than(np.arange(0.0, 5000.0))
        assert (np.diff(shares) <= 0).all()
        assert shares[-1] > 0


def test_of_millions_of_steps_thousands_are_kept_and_say_the_same() -> None:
    random = np.random.default_rng(6)
    durations = random.exponential(60, 200_000)
    curve = Survival.of(durations, np.ones(200_000, dtype=bool))
    assert curve.times.size < 2000
    times = np.array([1.0, 30.0, 100.0])
    exact = np.array([(durations > time).mean() for time in times])
    assert curve.longer_than(times) == pytest.approx(exact, rel=0.005)
