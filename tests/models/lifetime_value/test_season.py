"""The season of a year, what it does to forecasts, and interest on what comes late."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.season import (
    Outlook,
    Season,
    daily_expectation,
    daily_purchases,
    daily_repeats,
    purchases_a_day,
    tracking,
)
from models.lifetime_value.value_model import ValueModel

NOW = pd.Timestamp("2025-06-30")
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c"],
        "as_of_date": NOW,
        "frequency": [0, 3, 40],
        "recency_days": [0, 200, 390],
        "age_days": [10, 300, 400],
        "monetary_value": [np.nan, 30.0, 80.0],
    }
)

season_values = st.lists(st.floats(0.1, 5.0), min_size=12, max_size=12)


@pytest.fixture(scope="module")
def model(simulate) -> ValueModel:
    seen = simulate("beta_geo", (0.8, 30.0, 0.7, 2.5), 3_000, 400.0, 0.0, seed=3).seen
    spend = np.random.default_rng(0).gamma(4.0, 10.0, len(seen)) + 1.0
    return ValueModel.of(seen.rename(columns={"recency": "recency_days", "T": "age_days"}).assign(monetary_value=spend))


def season_of(values: list[float]) -> Season:
    return Season(NOW, np.repeat(values, 31)[:365], is_known=True)


def test_a_busy_month_last_year_is_a_busy_month_ahead() -> None:
    purchases = np.full(600, 10.0)
    purchases[-365 + 60 : -365 + 90] = 30.0
    season = Season.of_last_year(NOW, purchases)
    assert season.is_known
    assert season.over(NOW + pd.Timedelta(days=60), 30) == pytest.approx(3 * 365 / (365 + 60), rel=0.1)
    assert season.over(NOW - pd.Timedelta(days=305), 30) == season.over(NOW + pd.Timedelta(days=60), 30)
    assert season.daily.mean() == pytest.approx(1.0)


def test_growth_from_year_to_year_is_no_season() -> None:
    growing = 100.0 * np.exp(np.linspace(0.0, 2.0, 600))
    assert Season.of_last_year(NOW, growing).daily == pytest.approx(np.ones(365), abs=0.05)


def test_a_season_is_found_in_growth() -> None:
    season = 1.0 + 0.5 * np.cos(np.arange(600) * 2 * np.pi / 365)
    alone, grown = (
        Season.of_last_year(NOW, 100 * season),
        Season.of_last_year(NOW, 100 * season * 1.002 ** np.arange(600)),
    )
    assert grown.daily == pytest.approx(alone.daily, abs=0.08)


def test_a_shop_with_few_orders_has_hardly_a_season() -> None:
    purchases = np.full(600, 0.1)
    purchases[-365:-335] = 0.3
    assert Season.of_last_year(NOW, purchases).daily.max() < 1.15


def test_the_season_is_told_in_words() -> None:
    assert "No season" in Outlook(Season.flat(NOW)).sentence()
    doubled = season_of([2.0] * 3 + [2 / 3] * 9)
    assert "30, 90 and 365 days move by +100%, +100%, +1%" in Outlook(doubled).sentence()


def test_less_than_a_year_and_two_weeks_of_history_knows_no_season() -> None:
    season = Season.of_last_year(NOW, np.arange(378.0))
    assert not season.is_known
    assert (season.daily == 1).all()


@given(season_values, st.floats(0.0, 1.0))
@settings(max_examples=30, deadline=None)
def test_a_longer_horizon_never_lowers_a_forecast_in_any_season_or_interest(model, values, rate) -> None:
    horizons = [1, 30, 45, 90, 181, 365, 500]
    frame = model.forecast(CUSTOMERS, horizons, Outlook(season_of(values), rate))
    for name in ("expected_orders", "predicted_value"):
        steps = frame[[f"{name}_{days}" for days in horizons]].to_numpy()
        assert (np.diff(steps, axis=1) >= -1e-9).all()
        assert (steps >= 0).all()
    chances = frame[[f"probability_no_purchase_{days}" for days in horizons]].to_numpy()
    assert ((chances >= 0) & (chances <= 1)).all()


@given(st.integers(1, 300), st.integers(1, 300), season_values)
@settings(max_examples=30, deadline=None)
def test_more_purchases_up_to_this_day_never_lower_the_value(model, count, more, values) -> None:
    frame = pd.DataFrame({"frequency": [count, count + more], "recency_days": 350, "age_days": 350})
    forecast = model.forecast(frame.assign(monetary_value=50.0), [365], Outlook(season_of(values)))
    orders = forecast["expected_orders_365"]
    assert orders.iloc[1] >= orders.iloc[0] * (1 - 1e-9)


def test_more_purchases_long_ago_can_lower_the_forecast_because_their_silence_says_more(model) -> None:
    long_ago = pd.DataFrame({"frequency": [1, 12], "recency_days": 60, "age_days": 400, "monetary_value": 50.0})
    forecast = model.forecast(long_ago, [365], Outlook(Season.flat(NOW)))
    assert forecast["expected_orders_365"].iloc[1] < forecast["expected_orders_365"].iloc[0]


def test_without_season_or_interest_the_forecast_is_the_models_own(model) -> None:
    frame = model.forecast(CUSTOMERS, [90, 365], Outlook(Season.flat(NOW)))
    histories = CUSTOMERS.rename(columns={"recency_days": "recency", "age_days": "T"})
    assert frame["expected_orders_365"].to_numpy() == pytest.approx(model.purchases.predict_purchases(histories, 365))
    value = frame["expected_orders_90"] * frame["expected_order_value"]
    assert frame["predicted_value_90"].to_numpy() == pytest.approx(value.to_numpy())
    nothing = model.purchases.predict_no_purchase(histories, 90)
    assert frame["probability_no_purchase_90"].to_numpy() == pytest.approx(nothing)


def test_a_year_of_interest_is_compounded_daily() -> None:
    outlook = Outlook(Season.flat(NOW), discount_rate=0.1)
    steps = outlook.steps([365])
    assert steps.tolist() == [*range(0, 361, 30), 365]
    assert outlook.present_value(steps)[-1] == pytest.approx((1 + 0.1 / 365) ** -362.5)
    assert Outlook(Season.flat(NOW)).present_value(steps).tolist() == [1.0] * 13


def test_purchases_are_counted_by_day_and_later_ones_are_not() -> None:
    days = pd.DataFrame(
        {"customer_id": list("aabbc"), "purchase_date": [NOW - pd.Timedelta(days=d) for d in (3, 0, 3, 1, -1)]}
    )
    assert daily_purchases(purchases_a_day(days), NOW).tolist() == [2, 0, 1, 1]
    assert daily_purchases(purchases_a_day(days), NOW - pd.Timedelta(days=9)).size == 0


def test_repeats_are_counted_on_their_day_and_first_purchases_are_not() -> None:
    customers = pd.DataFrame({"customer_id": ["a", "b"], "as_of_date": NOW, "age_days": [5, 2]})
    ago = {"a": [5, 3, 0, -1, -9], "b": [2, 1], "unknown": [4]}
    days = pd.DataFrame([(name, NOW - pd.Timedelta(days=day)) for name, each in ago.items() for day in each])
    days.columns = ["customer_id", "purchase_date"]
    assert daily_repeats(customers, days, NOW, until=2).tolist() == [0, 1, 0, 1, 1, 1, 0]


def test_daily_expectations_add_up_to_what_each_age_lets_expect(model) -> None:
    customers = pd.DataFrame({"age_days": [100, 40, 40]})
    purchases: BetaGeoModel = model.purchases
    by_hand = purchases.expected_purchases([107.0, 47.0, 47.0]).sum()
    assert daily_expectation(purchases, customers, until=7).sum() == pytest.approx(by_hand)


def test_no_week_of_the_tracking_crosses_the_as_of_date(model) -> None:
    customers = pd.DataFrame({"customer_id": ["a"], "as_of_date": NOW, "age_days": [20]})
    days = pd.DataFrame(
        {"customer_id": "a", "purchase_date": [NOW - pd.Timedelta(days=20), NOW, NOW + pd.Timedelta(days=1)]}
    )
    weeks = tracking("bg", customers, days, model.purchases, until=10).set_index("period_end")
    assert weeks.loc[NOW, "actual_orders_incremental"] == 1
    assert weeks.loc[NOW + pd.Timedelta(days=7), "actual_orders_incremental"] == 1
    assert weeks.index.max() == NOW + pd.Timedelta(days=7)  # three days of a week are none
