"""The churn forecast on a simulated shop: honest, calibrated, repeatable, and humble when there is little to learn."""

import numpy as np
import pandas as pd
import pytest

from models.churn import study
from models.churn.evaluation import METRICS
from models.churn.forecast import score_churn, standard_of, train_churn
from models.churn.recency_rule import RECENCY_RULE as RULE
from models.churn.recency_rule import recency_rule
from models.churn.score_table import SCORE_COLUMNS
from models.result_tables import METRIC_TYPES
from tests.models.as_settings_have_it import forecast_churn


@pytest.fixture(scope="module")
def result(shop):
    return forecast_churn(shop.features, shop.outcomes)


def _metric(result, metric: str) -> pd.Series:
    rows = result.metrics[(result.metrics["metric"] == metric) & (result.metrics["horizon_days"] == 90)]
    return rows.set_index("candidate")["value"]


def test_every_eligible_customer_of_today_gets_one_score_with_the_promised_columns(shop, result):
    today = shop.features[shop.features["is_today"] & (shop.features["days_since_last_order"] < 365)]
    assert result.scores.columns.tolist() == SCORE_COLUMNS
    assert result.scores["customer_id"].tolist() == sorted(today["customer_id"])
    assert set(result.scores["method"]) == {"gradient_boosting"}
    assert result.scores["churn_probability"].between(0, 1).all()
    assert (result.scores["churn_percentile"].min(), result.scores["churn_percentile"].max()) == (0, 100)


def test_the_model_beats_every_baseline_in_rank_and_in_probability(result):
    auc, brier = _metric(result, "auc"), _metric(result, "brier")
    assert auc.idxmax() == "gradient_boosting"
    assert brier.idxmin() == "gradient_boosting"
    assert brier["gradient_boosting"] < 0.9 * brier["base_rate"]


def test_every_candidate_is_measured_by_every_metric_at_the_latest_date_with_an_outcome(shop, result):
    assert result.metrics.columns.tolist() == list(METRIC_TYPES)
    assert set(result.metrics["test_as_of_date"]) == {shop.outcomes["as_of_date"].max()}
    assert result.metrics.groupby("candidate")["metric"].nunique().eq(len(METRICS)).all()
    assert (result.metrics["role"] == "champion").sum() == len(METRICS)
    assert _metric(result, "ece")["gradient_boosting"] < 0.05
    assert _metric(result, "auc")["base_rate"] == 0.5


def test_probabilities_come_true_after_today_in_a_shop_that_does_not_change(shop, result):
    truth = result.scores.merge(shop.future, on="customer_id", validate="one_to_one")
    gap = truth["churn_probability"] - truth["is_churned"]
    assert abs(gap.mean()) < 0.04
    by_fifth = gap.groupby(pd.qcut(truth["churn_probability"], 5, labels=False)).mean()
    assert by_fifth.abs().max() < 0.08


def test_a_rerun_and_another_order_of_rows_give_the_same_result(shop, result):
    again = forecast_churn(shop.features.sample(frac=1, random_state=1), shop.outcomes.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(again.scores, result.scores)
    pd.testing.assert_frame_equal(again.metrics, result.metrics)
    assert again.notes == result.notes


def test_windows_that_reach_past_the_test_date_do_not_touch_the_test(shop, result):
    test_date = shop.outcomes["as_of_date"].max()
    days_before = (test_date - shop.outcomes["as_of_date"]).dt.days
    leaked = shop.outcomes.assign(
        is_churned=np.where(
            (days_before > 0) & (days_before < 90), ~shop.outcomes["is_churned"], shop.outcomes["is_churned"]
        )
    )
    assert not leaked.equals(shop.outcomes)
    tampered = forecast_churn(shop.features, leaked)
    pd.testing.assert_frame_equal(tampered.metrics, result.metrics)
    assert not tampered.scores.equals(result.scores), (
        "by today those windows are over, so the published model learns them"
    )


def test_features_later_than_the_test_date_do_not_touch_the_test(shop, result):
    is_later = shop.features["as_of_date"] > shop.outcomes["as_of_date"].max()
    other = shop.features.assign(net_sales=np.where(is_later, -1.0, shop.features["net_sales"]))
    pd.testing.assert_frame_equal(forecast_churn(other, shop.outcomes).metrics, result.metrics)


def test_what_the_outcomes_tell_beside_the_label_is_never_an_input(shop, result):
    oracle = shop.outcomes.assign(
        future_order_count=1000 * ~shop.outcomes["is_churned"], future_net_sales=-1.0 * shop.outcomes["is_churned"]
    )
    pd.testing.assert_frame_equal(forecast_churn(shop.features, oracle).scores, result.scores)


def test_of_a_large_shop_some_are_learned_from_all_are_measured_and_scored(shop, result, monkeypatch):
    monkeypatch.setattr(study, "MOST_ROWS_TO_LEARN_FROM", 6000)
    less = forecast_churn(shop.features, shop.outcomes)
    assert less.scores["customer_id"].tolist() == result.scores["customer_id"].tolist()
    assert not less.scores.equals(result.scores)
    assert set(less.metrics["customer_count"]) == set(result.metrics["customer_count"])
    assert _metric(less, "auc")["gradient_boosting"] == pytest.approx(
        _metric(result, "auc")["gradient_boosting"], abs=0.02
    )


def test_a_feature_that_is_an_outcome_is_refused(shop):
    leaking = shop.features.assign(future_order_count=0)
    with pytest.raises(ValueError, match="lie in the future"):
        forecast_churn(leaking, shop.outcomes)


def test_customers_with_the_same_history_share_probability_and_percentile(shop):
    twins = shop.features[shop.features["is_today"]].head(3).assign(customer_id=["twin1", "twin2", "twin3"])
    for column in twins.columns.difference(["customer_id"]):
        twins[column] = twins[column].iloc[0]
    twins["days_since_last_order"] = 20
    scores = forecast_churn(pd.concat([shop.features, twins]), shop.outcomes).scores.set_index("customer_id")
    shared = scores.loc[["twin1", "twin2", "twin3"], ["churn_probability", "churn_percentile", "churn_band"]]
    assert len(shared.drop_duplicates()) == 1


def test_bands_follow_the_thresholds_and_percentiles_the_probabilities(shop):
    scores = forecast_churn(shop.features, shop.outcomes, medium_from=0.3, high_from=0.6).scores
    expected = np.select(
        [scores["churn_probability"] < 0.3, scores["churn_probability"] < 0.6], ["low", "medium"], "high"
    )
    assert scores["churn_band"].tolist() == expected.tolist()
    assert set(scores["churn_band"]) == {"low", "medium", "high"}
    assert scores.sort_values("churn_probability")["churn_percentile"].is_monotonic_increasing


def test_nobody_eligible_gives_an_empty_table_with_all_columns(shop):
    scores = forecast_churn(shop.features, shop.outcomes, eligibility_days=0).scores
    assert scores.empty
    assert scores.columns.tolist() == SCORE_COLUMNS


def test_customers_are_seen_among_themselves_where_the_sample_had_nobody_like_them(shop, result):
    today = shop.features[shop.features["is_today"]]
    days = {"horizon_days": 90, "eligibility_days": 365}
    training = train_churn(shop.features[~shop.features["is_today"]], today, shop.outcomes, **days)
    window = {**days, "medium_from": 0.3, "high_from": 0.6}
    asleep = today[today["days_since_last_order"] >= 365]
    assert len(asleep) > 100
    told = score_churn(standard_of(training.trained, asleep, **window), today)
    pd.testing.assert_frame_equal(told, score_churn(standard_of(training.trained, today, **window), today))


def test_no_customers_at_all_give_empty_tables_and_a_reason(shop):
    result = forecast_churn(shop.features.head(0), shop.outcomes.head(0))
    assert result.scores.empty
    assert result.metrics.empty
    assert result.metrics.columns.tolist() == list(METRIC_TYPES)
    assert "Nobody has bought yet" in result.notes[0]


def _refused(features, outcomes) -> str:
    result = forecast_churn(features, outcomes)
    assert set(result.scores["method"]) <= {"hazard"}
    assert result.scores["churn_probability"].between(0, 1).all()
    assert set(result.metrics["candidate"]) <= {"hazard", "recency", "frequency", "past_total_spend", "base_rate", RULE}
    return " ".join(note for note in result.notes if "within 90 days is the purchase process's chance" in note)


def test_fewer_than_500_buyers_are_refused(make_shop):
    small = make_shop(customers=450, past_dates=8)
    assert "buyers are fewer than 500" in _refused(small.features, small.outcomes)


def test_a_history_shorter_than_three_windows_is_refused(make_shop):
    young = make_shop(customers=2000, days=250, past_dates=8)
    assert "days of history are fewer than 270" in _refused(young.features, young.outcomes)


@pytest.mark.parametrize("silence", [30, 31])
def test_a_shop_without_an_order_in_thirty_days_is_refused(shop, silence):
    waited = {name: shop.features[name] + silence for name in ("days_since_last_order", "age_days")}
    silent = shop.features.assign(**waited)
    assert "no order in the last 30 days" in _refused(silent, shop.outcomes)


@pytest.mark.parametrize(("everybody", "which"), [(True, "stayed"), (False, "left")])
def test_one_sided_outcomes_are_refused(shop, everybody, which):
    one_sided = shop.outcomes.assign(is_churned=everybody)
    assert f"eligible customers {which}" in _refused(shop.features, one_sided)


def test_a_shop_without_a_finished_window_is_refused(shop):
    assert "no eligible customer at a past date" in _refused(shop.features, shop.outcomes.head(0))


def test_a_test_date_without_any_training_date_before_it_is_refused(shop):
    latest = shop.outcomes[shop.outcomes["as_of_date"] == shop.outcomes["as_of_date"].max()]
    assert "no usable training date" in _refused(shop.features, latest)


def test_the_rule_expects_more_silence_after_longer_silence_and_from_slower_customers():
    waiting = pd.DataFrame({"days_since_last_order": [0, 30, 90, 300], "days_between_orders": 30.0})
    assert recency_rule(waiting, 90).is_monotonic_increasing
    slower = pd.DataFrame({"days_since_last_order": 30, "days_between_orders": [10.0, 60.0, 200.0]})
    assert recency_rule(slower, 90).is_monotonic_increasing


def test_the_rule_gives_one_time_buyers_the_shops_median_rhythm_or_else_the_window():
    mixed = pd.DataFrame({"days_since_last_order": 30, "days_between_orders": [20.0, np.nan, 60.0, 0.0]})
    assert recency_rule(mixed, 90).tolist() == pytest.approx([50 / 140, 70 / 160, 90 / 180, 70 / 160])
    nobody_came_back = mixed.assign(days_between_orders=np.nan)
    assert recency_rule(nobody_came_back, 90).tolist() == pytest.approx([120 / 210] * 4)


def test_a_feature_that_nobody_has_changes_nothing(shop, result):
    """The shop has no behaviour log: its column of nothing is as good as none."""
    assert shop.features["days_since_last_event"].isna().all()
    again = forecast_churn(shop.features.drop(columns="days_since_last_event"), shop.outcomes)
    pd.testing.assert_frame_equal(again.scores, result.scores)
    pd.testing.assert_frame_equal(again.metrics, result.metrics)
    assert again.notes == result.notes
