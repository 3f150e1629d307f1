"""The purchase process's chance of no purchase: a probability in shops of any size, and the level of every forecast."""

import numpy as np
import pandas as pd
import pytest

from models import metrics
from models.churn.forecast import train_churn
from models.hazard import KNOWN_BY, Hazard, shift_by
from models.lifetime_value.season import purchases_a_day
from tests.models.as_settings_have_it import forecast_churn


def today_of(shop) -> pd.DataFrame:
    return shop.features[shop.features["is_today"]].reset_index(drop=True)


@pytest.mark.parametrize("customers", [250, 450, 2000])
def test_in_a_shop_of_any_size_as_many_leave_as_are_foretold(make_shop, customers: int) -> None:
    small = make_shop(customers=customers, past_dates=6, seed=3)
    result = forecast_churn(small.features, small.outcomes)
    truth = result.scores.merge(small.future, on="customer_id", validate="one_to_one")
    came = truth["is_churned"].mean()
    error = np.sqrt(came * (1 - came) / len(truth))
    assert truth["churn_probability"].mean() == pytest.approx(came, abs=max(0.05, 2.5 * error))
    assert metrics.auc(truth["is_churned"], truth["churn_probability"]) > 0.7
    assert metrics.brier(truth["is_churned"], truth["churn_probability"]) < came * (1 - came)


def test_nobody_is_likelier_to_leave_in_90_days_than_in_30(shop) -> None:
    scores = forecast_churn(shop.features, shop.outcomes).scores
    assert (scores["churn_probability_30d"] >= scores["churn_probability"]).all()
    assert scores["churn_probability_30d"].between(0, 1).all()


def test_later_purchase_days_change_no_hazard(shop) -> None:
    today = today_of(shop)
    day = today["as_of_date"].iloc[0]
    past = pd.DataFrame({"customer_id": "c", "purchase_date": pd.date_range(day - pd.Timedelta(days=500), day)})
    later = pd.DataFrame({"customer_id": "c", "purchase_date": pd.date_range(day, day + pd.Timedelta(days=60))[1:]})
    known, told = (Hazard.at(today, purchases_a_day(days)) for days in (past, pd.concat([past, later])))
    assert known.season.is_known
    np.testing.assert_array_equal(known.chance_of_none(today, 90), told.chance_of_none(today, 90))


def test_a_busy_season_ahead_makes_leaving_less_likely(shop) -> None:
    today = today_of(shop)
    day = today["as_of_date"].iloc[0]
    dates = pd.date_range(day - pd.Timedelta(days=500), day)
    ahead = (dates > day - pd.Timedelta(days=365)) & (dates <= day - pd.Timedelta(days=275))
    busy = pd.DataFrame({"customer_id": "c", "purchase_date": np.repeat(dates, np.where(ahead, 30, 10))})
    flat, seasonal = Hazard.at(today, None), Hazard.at(today, purchases_a_day(busy))
    less, more = seasonal.chance_of_none(today, 90), flat.chance_of_none(today, 90)
    assert (less <= more).all()
    assert (less < more).mean() > 0.7  # the others have left for certain


def test_without_repeat_buyers_nobody_is_expected_and_with_few_the_shops_rate_counts() -> None:
    day = pd.Timestamp("2025-06-30")
    once = pd.DataFrame({"frequency": 0, "age_days": [10, 200], "days_since_last_order": [10, 200], "as_of_date": day})
    assert Hazard.at(once, None).chance_of_none(once.assign(net_sales=1.0), 90) == pytest.approx([0.999, 0.999])
    few = pd.DataFrame(
        {"frequency": [0, 12], "age_days": 200, "days_since_last_order": 20, "as_of_date": day, "net_sales": 1.0}
    )
    chance = Hazard.at(few, None).chance_of_none(few, 90)
    assert 0 < chance[1] < chance[0] < 1


def test_a_large_shop_where_hardly_anybody_came_back_is_scored_by_rates(make_shop) -> None:
    shop = make_shop(customers=1500, past_dates=8, seed=5)
    once = shop.features["customer_id"].str[-2:].astype(int) > 3
    few = {name: shop.features[name].where(~once, 0) for name in ("frequency", "recency_days")}
    alone = shop.features["days_since_last_order"].where(~once, shop.features["age_days"])
    changed = shop.features.assign(**few, days_since_last_order=alone)
    today = changed[changed["is_today"]][["as_of_date", *KNOWN_BY]]
    training = train_churn(changed[~changed["is_today"]], today, shop.outcomes, horizon_days=90, eligibility_days=365)
    assert training.trained is not None
    assert training.trained.horizons["90"].hazard.process is None
    assert training.metrics["horizon_days"].isin([90]).any()


def test_the_shift_believes_half_of_one_window_and_most_of_three() -> None:
    assert shift_by([0.5], [0.5]) == 0.0
    off = np.log(0.6 / 0.4)
    assert shift_by([0.5], [0.6]) == pytest.approx(off / 2)
    assert shift_by([0.5] * 5, [0.6] * 5) == pytest.approx(off * 3 / 4)


def test_reliability_has_a_row_for_each_tenth_and_adds_up(shop) -> None:
    result = forecast_churn(shop.features, shop.outcomes)
    rows = result.reliability[result.reliability["horizon_days"] == 90]
    for name, part in rows.groupby("candidate"):
        assert part["tenth"].tolist() == list(range(1, 11)), name
        assert part["predicted_mean"].is_monotonic_increasing
        gap = (part["customer_count"] * (part["predicted_mean"] - part["actual_mean"]).abs()).sum()
        measured = result.metrics.query("metric == 'ece' and horizon_days == 90").set_index("candidate")["value"]
        assert gap / part["customer_count"].sum() == pytest.approx(measured[name], abs=1e-5)
