"""The forecast that the pipeline calls, on a small shop simulated order by order."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from models.lifetime_value.evaluation import METRIC_COLUMNS
from models.lifetime_value.forecast import SCORE_COLUMNS, LifetimeValueResult, forecast_lifetime_value
from models.lifetime_value.value_model import ValueModel

TODAY = pd.Timestamp("2025-12-31")
PAST = [TODAY - pd.Timedelta(days=days) for days in (90, 120)]
WINDOW_DAYS = 90


def simulate_orders(customers: int, history_days: int, seed: int = 0) -> pd.DataFrame:
    """Days with a purchase: customer_id, order_date, amount."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        day = float(random.integers(0, history_days))
        rate, chance, spend = random.gamma(0.8, 1 / 40), random.beta(0.8, 2.5), 300 / random.gamma(4, 1)
        while day <= history_days:
            rows.append((f"c{customer:05d}", int(day), round(float(spend * random.gamma(6, 1 / 6)) + 0.01, 2)))
            day += 1 + random.exponential(1 / rate)
            if random.random() < chance and len(rows) > 1 and rows[-2][0] == rows[-1][0]:
                break
    orders = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    orders["order_date"] = TODAY - pd.to_timedelta(history_days - orders.pop("day"), unit="D")
    return orders.groupby(["customer_id", "order_date"], as_index=False)["amount"].sum()


def features_of(orders: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    known = orders[orders["order_date"] <= date]
    groups = known.groupby("customer_id")
    repeats = known[known.duplicated("customer_id")].groupby("customer_id")["amount"].mean()
    first, last = groups["order_date"].min(), groups["order_date"].max()
    frame = pd.DataFrame(
        {
            "as_of_date": date,
            "is_today": date == TODAY,
            "frequency": groups.size() - 1,
            "recency_days": (last - first).dt.days,
            "age_days": (date - first).dt.days,
            "monetary_value": repeats.reindex(first.index),
            "days_since_last_order": (date - last).dt.days,
            "net_sales": groups["amount"].sum(),
        }
    )
    return frame.reset_index()


def outcomes_of(orders: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    window = orders[orders["order_date"].between(date, date + pd.Timedelta(days=WINDOW_DAYS), inclusive="right")]
    customers = features_of(orders, date)[["customer_id", "as_of_date"]]
    later = window.groupby("customer_id")["amount"].agg(future_order_days="size", future_net_sales="sum").reset_index()
    return customers.merge(later, how="left").fillna(0.0).assign(horizon_days=WINDOW_DAYS)


@pytest.fixture(scope="module")
def shop() -> tuple[pd.DataFrame, pd.DataFrame]:
    orders = simulate_orders(2500, 600)
    features = pd.concat([features_of(orders, date) for date in [*PAST, TODAY]], ignore_index=True)
    return features, pd.concat([outcomes_of(orders, date) for date in PAST], ignore_index=True)


@pytest.fixture(scope="module")
def result(shop: tuple[pd.DataFrame, pd.DataFrame]) -> LifetimeValueResult:
    return forecast_lifetime_value(*shop)


def value_of(result: LifetimeValueResult, metric: str, candidate: str = "bg_nbd_gamma_gamma") -> float:
    rows = result.metrics.query("metric == @metric and candidate == @candidate")
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


def test_every_customer_of_today_has_one_believable_score(result: LifetimeValueResult, shop) -> None:
    today = shop[0][shop[0]["is_today"]]
    scores = result.scores
    assert scores.columns.tolist() == SCORE_COLUMNS
    assert sorted(scores["customer_id"]) == sorted(today["customer_id"])
    assert (scores["method"] == "bg_nbd_gamma_gamma").all()
    assert (scores["horizon_days"] == 365).all()
    assert (scores["as_of_date"] == TODAY).all()
    assert scores.notna().all().all()
    assert scores[["probability_alive", "probability_no_purchase"]].stack().between(0, 1).all()
    assert (scores["predicted_value"] >= 0).all()
    product = scores["expected_orders"] * scores["expected_order_value"]
    assert (scores["predicted_value"] - product).abs().max() < 0.0051


def test_metrics_stand_beside_naive_rules_and_the_model_is_nearly_unbiased(result: LifetimeValueResult, shop) -> None:
    metrics = result.metrics
    assert metrics.columns.tolist() == METRIC_COLUMNS
    assert not metrics.duplicated(["candidate", "metric"]).any()
    assert set(metrics["test_as_of_date"]) == {max(PAST)}
    assert set(metrics["horizon_days"]) == {WINDOW_DAYS}
    assert set(metrics["customer_count"]) == {(shop[0]["as_of_date"] == max(PAST)).sum()}
    assert set(metrics.loc[metrics["role"] == "baseline", "candidate"]) == {
        "past_order_rate", "past_order_days", "past_spend_rate", "past_total_spend", "recency", "same_for_everybody",
    }  # fmt: skip
    assert abs(value_of(result, "orders_bias")) < 0.15
    assert value_of(result, "orders_mae") < value_of(result, "orders_mae", "past_order_rate")
    assert value_of(result, "mae") < value_of(result, "mae", "past_spend_rate")
    assert value_of(result, "gini") > value_of(result, "gini", "same_for_everybody") == 0.0


def test_nothing_of_the_outcome_window_reaches_the_measured_forecast(result: LifetimeValueResult, shop) -> None:
    features, outcomes = shop
    doubled = outcomes.assign(future_order_days=outcomes["future_order_days"] * 2)
    later = features["as_of_date"] > max(PAST)
    spoiled = features.assign(
        frequency=features["frequency"].where(~later, 0), recency_days=features["recency_days"].where(~later, 0)
    )
    again = forecast_lifetime_value(spoiled, doubled)
    assert (1 + value_of(again, "orders_bias")) * 2 == pytest.approx(1 + value_of(result, "orders_bias"), abs=1e-5)
    assert value_of(again, "mae") == value_of(result, "mae")
    assert value_of(again, "any_purchase_auc") == value_of(result, "any_purchase_auc")


def test_the_measured_model_is_fitted_on_the_test_date_only(shop, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted_on, fit = [], ValueModel.fit
    monkeypatch.setattr(ValueModel, "fit", lambda customers: fitted_on.append(customers) or fit(customers))
    forecast_lifetime_value(*shop)
    assert [set(customers["as_of_date"]) for customers in fitted_on] == [{max(PAST)}, {TODAY}]
    assert not [column for customers in fitted_on for column in customers if column.startswith("future")]


def test_reruns_and_row_order_change_nothing(result: LifetimeValueResult, shop) -> None:
    features, outcomes = (frame.sample(frac=1.0, random_state=1) for frame in shop)
    again = forecast_lifetime_value(features, outcomes)
    pd.testing.assert_frame_equal(again.scores, result.scores)
    pd.testing.assert_frame_equal(again.metrics, result.metrics)
    assert again.notes == result.notes


def test_decimals_and_nothings_as_a_database_gives_them_are_understood(result: LifetimeValueResult, shop) -> None:
    features, outcomes = shop

    def as_decimals(column: pd.Series) -> pd.Series:
        return pd.Series([None if pd.isna(x) else Decimal(repr(x)) for x in column], index=column.index, dtype=object)

    features = features.assign(
        monetary_value=as_decimals(features["monetary_value"]), net_sales=as_decimals(features["net_sales"])
    )
    outcomes = outcomes.assign(future_net_sales=as_decimals(outcomes["future_net_sales"]))
    pd.testing.assert_frame_equal(forecast_lifetime_value(features, outcomes).scores, result.scores)


def test_a_shorter_horizon_forecasts_less(result: LifetimeValueResult, shop) -> None:
    quarter = forecast_lifetime_value(*shop, horizon_days=90).scores
    assert (quarter["horizon_days"] == 90).all()
    assert (quarter["predicted_value"] <= result.scores["predicted_value"]).all()
    assert (quarter["probability_no_purchase"] >= result.scores["probability_no_purchase"]).all()


def test_spend_that_goes_with_frequency_is_noted(shop) -> None:
    features, outcomes = shop
    dependent = features.assign(monetary_value=features["monetary_value"] * (1 + features["frequency"]))
    assert any("correlated" in note for note in forecast_lifetime_value(dependent, outcomes).notes)


def test_a_rule_that_ranks_better_is_noted(shop) -> None:
    features, outcomes = shop
    oracle = outcomes.merge(features, on=["customer_id", "as_of_date"])
    outcomes = outcomes.assign(future_net_sales=oracle["net_sales"] / 10)
    notes = forecast_lifetime_value(features, outcomes).notes
    assert any("past_total_spend ranked customers by future money better" in note for note in notes)


def test_refunds_that_eat_a_customers_spend_do_not_stop_the_forecast(shop) -> None:
    features, outcomes = shop
    refunded = features.assign(monetary_value=features["monetary_value"].mask(features.index % 7 == 0, -5.0))
    scores = forecast_lifetime_value(refunded, outcomes).scores
    assert (scores["method"] == "bg_nbd_gamma_gamma").all()
    assert (scores["predicted_value"] >= 0).all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda today: today.head(400), "400 buyers are fewer than 500"),
        (
            lambda today: today.assign(age_days=today["age_days"].clip(upper=200), frequency=0, recency_days=0),
            "200 days",
        ),
        (lambda today: today.assign(frequency=0, recency_days=0), "0 repeat buyers are fewer than 100"),
        (lambda today: today.assign(days_since_last_order=31), "no order in the last 30 days"),
        (lambda today: today.assign(monetary_value=today["monetary_value"] * 0 + 9), "mean purchases differ"),
    ],
)
def test_too_little_falls_back_to_the_plain_ratio_and_says_why(shop, change, reason) -> None:
    features, outcomes = shop
    today = change(features[features["is_today"]])
    result = forecast_lifetime_value(pd.concat([features[~features["is_today"]], today]), outcomes)
    assert (result.scores["method"] == "plain_ratio").all()
    assert any("plain ratio" in note and reason in note for note in result.notes)
    assert result.scores[["probability_alive", "probability_no_purchase"]].isna().all().all()
    orders = today["frequency"].sum() / today["age_days"].sum() * 365
    value = today["net_sales"].sum() / (today["frequency"] + 1).sum()
    assert result.scores["predicted_value"].to_numpy() == pytest.approx([orders * value] * len(today), abs=0.02)
    assert not result.metrics.empty


def test_a_young_shop_is_neither_measured_nor_modelled_and_both_are_said() -> None:
    orders = simulate_orders(300, 40)
    features = features_of(orders, TODAY)
    nothing = outcomes_of(orders, TODAY).head(0)
    result = forecast_lifetime_value(features, nothing)
    assert result.metrics.empty
    assert result.metrics.columns.tolist() == METRIC_COLUMNS
    assert (result.scores["method"] == "plain_ratio").all()
    assert "not been measured" in result.notes[0]
    assert "300 buyers" in result.notes[1]


def test_a_shop_without_customers_gets_an_empty_table(shop) -> None:
    features, outcomes = shop
    result = forecast_lifetime_value(features.head(0), outcomes.head(0))
    assert result.scores.empty
    assert result.scores.columns.tolist() == SCORE_COLUMNS


def test_impossible_features_stop_the_forecast_instead_of_falling_back(shop) -> None:
    features, outcomes = shop
    with pytest.raises(ValueError, match="recency must lie between 0 and T"):
        forecast_lifetime_value(features.assign(recency_days=features["age_days"] + 1), outcomes)


def test_features_without_their_outcome_are_a_defect_that_is_told(shop) -> None:
    features, outcomes = shop
    latest = outcomes[outcomes["as_of_date"] == max(PAST)]
    with pytest.raises(ValueError, match="features but no outcome"):
        forecast_lifetime_value(features, latest.iloc[5:])
