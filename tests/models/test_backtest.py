"""What came of a forecast, by hand; windows that begin the day after and end on their last day."""

import numpy as np
import pytest

from models.backtest import Happenings, measured

CUSTOMERS = np.array([0, 0, 0, 2, 2])
DAYS = np.array([10, 11, 20, 11, 21])
AMOUNTS = np.array([1.0, 2.0, 4.0, 8.0, -3.0])


def test_the_window_begins_the_day_after_and_ends_on_its_last_day() -> None:
    happened = Happenings.of(CUSTOMERS, DAYS, AMOUNTS)
    everybody = np.arange(4)
    assert happened.added(everybody, after=10, until=20).tolist() == [6, 0, 8, 0]
    assert happened.counted(everybody, after=10, until=20).tolist() == [2, 0, 1, 0]
    assert happened.added(everybody, after=20, until=400).tolist() == [0, 0, -3, 0]
    assert happened.counted(np.array([2, 0]), after=0, until=400).tolist() == [2, 3]


def test_the_order_of_rows_changes_nothing() -> None:
    order = np.random.default_rng(0).permutation(5)
    one, other = (Happenings.of(CUSTOMERS[p], DAYS[p], AMOUNTS[p]) for p in (np.arange(5), order))
    assert one.places.tolist() == other.places.tolist()
    assert one.amounts.tolist() == other.amounts.tolist()


def test_when_nothing_happened_nobody_bought() -> None:
    none = Happenings.of(*(np.array([], dtype=int) for _ in range(2)), np.array([]))
    assert none.counted(np.arange(3), 5, 95).tolist() == [0, 0, 0]
    assert none.added(np.arange(3), 5, 95).tolist() == [0, 0, 0]


def test_amounts_by_hand() -> None:
    found = measured(np.array([10.0, 20.0, 0.0]), np.array([0.0, 40.0, 0.0]), is_probability=False)
    assert found["mean_forecast"] == 10
    assert found["mean_outcome"] == pytest.approx(40 / 3)
    assert found["bias"] == pytest.approx(-0.25)
    assert found["mae"] == 10
    assert found["bias_error"] == pytest.approx(np.sqrt((40 / 3) ** 2 + (50 / 3) ** 2 + (10 / 3) ** 2) / 40)


def test_probabilities_by_hand() -> None:
    found = measured(np.array([0.2, 0.4, 0.6, 0.8]), np.array([0.0, 1.0, 0.0, 1.0]), is_probability=True)
    assert found["bias"] == pytest.approx(0)
    assert found["brier"] == pytest.approx((0.04 + 0.36 + 0.36 + 0.04) / 4)
    assert found["auc"] == 0.75
    assert found["ece"] == pytest.approx((0.2 + 0.6 + 0.6 + 0.2) / 4)


def test_what_is_undefined_is_left_out() -> None:
    found = measured(np.array([0.5, 0.5]), np.array([0.0, 0.0]), is_probability=True)
    assert {"bias", "bias_error", "auc"} & found.keys() == set()
    assert found["brier"] == 0.25
