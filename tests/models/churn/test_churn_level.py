"""How many will leave: from the newest window, the average, and the same season of earlier years."""

import pandas as pd
import pytest

from models.churn.level import forecast_level


def _shares(values: list[float], newest: str = "2024-04-01", step: int = 30) -> pd.Series:
    dates = [pd.Timestamp(newest) - pd.Timedelta(days=step * back) for back in reversed(range(len(values)))]
    return pd.Series(values, index=pd.DatetimeIndex(dates))


def test_a_share_that_never_moved_stays():
    assert forecast_level(_shares([0.6] * 8), 90) == pytest.approx(0.6)


def test_one_date_is_enough():
    assert forecast_level(_shares([0.3]), 90) == pytest.approx(0.3)


def test_the_newest_window_counts_more_than_old_ones():
    assert forecast_level(_shares([0.5, 0.5, 0.5, 0.7]), 90) > 0.57
    assert forecast_level(_shares([0.7, 0.5, 0.5, 0.5]), 90) < 0.55


def test_the_same_season_of_last_year_draws_the_forecast_to_itself():
    flat = [0.6] * 14
    peak = flat.copy()
    peak[4] = 0.3  # 270 days before the newest date, so a year before the window that starts 90 days after it
    off_season = flat.copy()
    off_season[1] = 0.3
    assert forecast_level(_shares(peak), 90) < forecast_level(_shares(off_season), 90) - 0.05


def test_a_share_of_all_or_nothing_leaves_a_probability():
    assert 0 < forecast_level(_shares([0.0, 0.0]), 90) < 0.5 < forecast_level(_shares([1.0, 1.0]), 90) < 1
