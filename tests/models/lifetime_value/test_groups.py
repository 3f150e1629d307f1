"""Separate fits, drawn towards the fit of all."""

import numpy as np
import pandas as pd
import pytest

from models.lifetime_value.groups import GroupedValueModel
from models.lifetime_value.maximum_likelihood import shrunk
from models.lifetime_value.season import Outlook, Season
from models.lifetime_value.value_model import ValueModel

FLAT = Outlook(Season.flat(pd.Timestamp("2025-01-01")))


@pytest.fixture(scope="module")
def customers(simulate) -> pd.DataFrame:
    parts = []
    for channel, alpha, size in (("often", 15.0, 3_000), ("seldom", 60.0, 700), ("rare", 60.0, 300)):
        seen = simulate("beta_geo", (0.9, alpha, 0.5, 2.5), size, 300.0, 0.0, seed=size).seen
        parts.append(seen.assign(channel=channel))
    shop = pd.concat(parts, ignore_index=True).rename(columns={"recency": "recency_days", "T": "age_days"})
    return shop.assign(monetary_value=np.random.default_rng(1).gamma(4.0, 10.0, len(shop)) + 1.0)


@pytest.fixture(scope="module")
def grouped(customers: pd.DataFrame) -> GroupedValueModel:
    return GroupedValueModel.of(customers, "channel", ValueModel.of(customers))


def pace(model: ValueModel) -> float:
    return float(model.purchases.expected_purchases(100.0))


def test_large_groups_have_a_model_between_their_own_and_that_of_all(customers, grouped) -> None:
    assert set(grouped.by_group) == {"often", "seldom"}
    for name, model in grouped.by_group.items():
        own = pace(ValueModel.of(customers[customers["channel"] == name]))
        low, high = sorted([own, pace(grouped.pooled)])
        assert low < pace(model) < high


def test_the_smaller_the_group_the_nearer_to_all(customers, grouped) -> None:
    def share_of_the_way(name: str) -> float:
        own = np.log(pace(ValueModel.of(customers[customers["channel"] == name])))
        pooled = np.log(pace(grouped.pooled))
        return (np.log(pace(grouped.by_group[name])) - pooled) / (own - pooled)

    assert 0 < share_of_the_way("seldom") < share_of_the_way("often") < 1


def test_everybody_is_forecast_in_place_and_small_groups_by_the_model_of_all(customers, grouped) -> None:
    mixed = customers.sample(frac=1.0, random_state=0)
    forecast = grouped.forecast(mixed, [90], FLAT)
    assert forecast.index.equals(mixed.index)
    for name, model in {**grouped.by_group, "rare": grouped.pooled}.items():
        members = mixed[mixed["channel"] == name]
        expected = model.forecast(members, [90], FLAT)["predicted_value_90"]
        pd.testing.assert_series_equal(forecast.loc[members.index, "predicted_value_90"], expected)
    spread = grouped.spread(mixed, forecast, 90, np.random.default_rng(0))
    low, high = spread.interval(0.8, forecast["predicted_value_90"])
    assert len(low) == len(mixed)
    often = (mixed["channel"] == "often").to_numpy()
    assert high[often].mean() > high[~often].mean()
    assert (low <= high).all()


def test_customers_without_the_trait_are_forecast_by_the_model_of_all(customers, grouped) -> None:
    nameless = customers.head(5).assign(channel=None)
    forecast = grouped.forecast(nameless, [90], FLAT)
    pd.testing.assert_frame_equal(forecast, grouped.pooled.forecast(nameless, [90], FLAT))


def test_shrinkage_weighs_by_information() -> None:
    own, pooled = np.array([4.0, 4.0]), np.array([1.0, 1.0])
    half = shrunk(own, np.eye(2), pooled, np.eye(2))
    assert half == pytest.approx([2.0, 2.0], rel=1e-5)
    assert shrunk(own, 1e9 * np.eye(2), pooled, np.eye(2)) == pytest.approx(own, rel=1e-5)
    silent = shrunk(own, np.diag([1.0, 0.0]), pooled, np.diag([1.0, 0.0]))
    assert silent == pytest.approx([2.0, 1.0], rel=1e-4)
