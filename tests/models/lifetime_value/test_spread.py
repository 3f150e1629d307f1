"""Intervals: the shortest one, the promise kept on simulated customers, and its calibration on an earlier window."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.histories import cells
from models.lifetime_value.pareto_nbd import ParetoNBDModel
from models.lifetime_value.season import Outlook, Season
from models.lifetime_value.spread import LEVELS, Spread, calibrated_level, coverage
from models.lifetime_value.value_model import ValueModel

NOW = pd.Timestamp("2025-01-01")


def one_customer(draws: list[float]) -> Spread:
    return Spread(np.sort(np.array([draws], dtype=float)), np.array([0]), np.array([1.0]))


def test_the_interval_is_the_shortest_with_its_share_of_the_draws() -> None:
    low, high = one_customer([0, 0, 0, 10, 11, 12, 13, 14, 50, 90]).interval(0.5, 12.0)
    assert (low[0], high[0]) == (10, 14)


def test_where_most_draws_are_nothing_the_interval_begins_at_nothing_and_holds_the_forecast() -> None:
    low, high = one_customer([0] * 9 + [100]).interval(0.8, 10.0)
    assert (low[0], high[0]) == (0, 10)


@given(st.lists(st.floats(0, 1000), min_size=5, max_size=30), st.floats(0, 1000), st.integers(0, len(LEVELS) - 2))
@settings(max_examples=80, deadline=None)
def test_an_interval_holds_the_forecast_and_its_share_of_the_draws(draws, value, position) -> None:
    spread, level = one_customer(draws), LEVELS[position]
    low, high = spread.interval(level, value)
    assert low[0] <= value <= high[0]
    assert np.mean((np.array(draws) >= low[0]) & (np.array(draws) <= high[0])) >= level - 1e-9
    again = spread.scaled([3.0]).interval(level, value * 3.0)
    assert (again[0][0], again[1][0]) == (pytest.approx(low[0] * 3), pytest.approx(high[0] * 3))


def test_equal_rows_share_a_cell_whose_first_row_is_one_of_them() -> None:
    left, right = np.array([2.0, 1.0, 2.0, 1.0]), np.array([0.0, 0.0, 0.0, 1.0])
    cell, first = cells(left, right)
    assert cell[0] == cell[2]
    assert len(set(cell)) == 3
    assert (left[first][cell] == left).all()
    assert (right[first][cell] == right).all()


def test_a_level_is_raised_until_the_past_was_covered_as_promised() -> None:
    random = np.random.default_rng(0)
    narrow = Spread(np.sort(random.normal(100, 5, (1, 400))), np.zeros(2000, dtype=int), np.ones(2000))
    truth, value = random.normal(100, 9, 2000), np.full(2000, 100.0)
    level = calibrated_level(narrow, value, truth, 0.8)
    assert level > 0.9
    assert coverage(truth, *narrow.interval(level, value)) >= 0.8
    assert coverage(truth, *narrow.interval(level - 0.01, value)) < 0.8


@pytest.mark.parametrize(
    ("purchases", "kind", "parameters"),
    [(BetaGeoModel, "beta_geo", (0.9, 30.0, 0.5, 2.5)), (ParetoNBDModel, "pareto", (0.9, 30.0, 0.6, 100.0))],
)
def test_uncalibrated_intervals_keep_their_promise_on_simulated_customers(
    purchases, kind, parameters, simulate
) -> None:
    shop = simulate(kind, parameters, 6_000, 300.0, 365.0, seed=4)
    random = np.random.default_rng(5)
    mean, seen = 5 * 60 / random.gamma(4.0, 1.0, 6_000), shop.seen
    count = seen["frequency"].to_numpy()
    known = random.gamma(5 * np.maximum(count, 1)) / (5 * np.maximum(count, 1)) * mean
    customers = pd.DataFrame(
        {
            "frequency": count,
            "recency_days": seen["recency"],
            "age_days": seen["T"],
            "monetary_value": np.where(count > 0, known, np.nan),
        }
    )
    later = shop.later_count
    money = np.where(later > 0, random.gamma(5 * np.maximum(later, 1)) / 5 * mean, 0.0)
    model = ValueModel.of(customers, purchases)
    forecast = model.forecast(customers, [365], Outlook(Season.flat(NOW)))
    spread = model.spread(customers, forecast, 365, np.random.default_rng(0))
    buyers = (forecast["probability_no_purchase_365"] < 0.3).to_numpy()
    assert buyers.sum() > 500
    for level in (0.5, 0.8, 0.9):
        low, high = spread.interval(level, forecast["predicted_value_365"])
        assert coverage(money[buyers], low[buyers], high[buyers]) == pytest.approx(level, abs=0.04)
        assert coverage(money, low, high) >= level - 0.02  # those who will buy nothing are held by [0, forecast]
