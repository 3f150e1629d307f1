"""The forecast that the pipeline calls, on a small shop simulated order by order."""

from decimal import Decimal
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from models.feature_tables import of_past, of_today
from models.lifetime_value.evaluation import CALIBRATION_TYPES
from models.lifetime_value.forecast import (
    LifetimeValueResult,
    score_lifetime_value,
    standard_of,
    train_lifetime_value,
)
from models.lifetime_value.score_table import HISTOGRAM_TYPES, SCORE_TYPES
from models.lifetime_value.season import TRACKING_TYPES
from models.result_tables import METRIC_TYPES
from tests.models.as_settings_have_it import forecast_lifetime_value
from tests.models.lifetime_value.shops import (
    PAST,
    TODAY,
    WINDOW_DAYS,
    Tables,
    simulate_orders,
    tables_of,
)

MODELS = {"bg_nbd_gamma_gamma", "pareto_nbd_gamma_gamma", "gradient_boosting", "blend"}
BASELINES = {
    "past_order_rate", "past_order_days", "past_spend_rate", "past_total_spend", "past_total_spend_rank",
    "last_window_spend", "same_window_last_year", "last_year_spend", "first_purchase", "recency", "same_for_everybody",
}  # fmt: skip


def forecast(tables: Tables, **options) -> LifetimeValueResult:
    return forecast_lifetime_value(tables.features, tables.outcomes, purchase_days=tables.purchase_days, **options)


@pytest.fixture(scope="module")
def result(tables: Tables) -> LifetimeValueResult:
    return forecast(tables)


def value_of(result: LifetimeValueResult, metric: str, candidate: str | None = None, segment: str = "all") -> float:
    rows = result.metrics.query("metric == @metric and segment == @segment")
    rows = rows[rows["candidate"] == candidate] if candidate else rows[rows["role"] == "champion"]
    assert len(rows) == 1
    return float(rows["value"].iloc[0])


def test_every_customer_of_today_has_one_believable_score(result: LifetimeValueResult, tables: Tables) -> None:
    today = tables.features[tables.features["is_today"]]
    scores = result.scores
    assert scores.columns.tolist() == list(SCORE_TYPES)
    assert scores["customer_id"].tolist() == sorted(today["customer_id"])
    assert scores["method"].nunique() == scores["challenger_method"].nunique() == 1
    assert {*scores["method"], *scores["method_30d"], *scores["method_90d"]} <= MODELS
    assert (scores["horizon_days"] == 365).all()
    assert (scores["as_of_date"] == TODAY).all()
    assert scores.notna().all().all()
    assert scores[["probability_alive", "probability_no_purchase"]].stack().between(0, 1).all()
    assert (scores["challenger_value"] >= 0).all()


def test_forecasts_never_fall_with_the_horizon_and_lie_in_their_interval(result: LifetimeValueResult) -> None:
    scores = result.scores
    for name in ("expected_orders", "predicted_value"):
        short, middle, long = scores[f"{name}_30d"], scores[f"{name}_90d"], scores[name]
        assert (short >= 0).all()
        assert (short <= middle).all()
        assert (middle <= long).all()
    for name in ("predicted_value_30d", "predicted_value_90d", "predicted_value"):
        assert (scores[f"{name}_low"] >= 0).all()
        assert (scores[f"{name}_low"] <= scores[name]).all()
        assert (scores[name] <= scores[f"{name}_high"]).all()


def test_metrics_stand_beside_naive_rules_and_the_champion_beats_them(
    result: LifetimeValueResult, tables: Tables
) -> None:
    metrics = result.metrics
    assert metrics.columns.tolist() == list(METRIC_TYPES)
    assert not metrics.duplicated(["candidate", "segment", "metric"]).any()
    assert set(metrics["test_as_of_date"]) == {max(PAST)}
    assert set(metrics["horizon_days"]) == {WINDOW_DAYS}
    customers = int((tables.features["as_of_date"] == max(PAST)).sum())
    assert set(metrics.query("segment == 'all'")["customer_count"]) == {customers}
    assert set(metrics.loc[metrics["role"] == "baseline", "candidate"]) == BASELINES
    assert set(metrics.loc[metrics["role"] != "baseline", "candidate"]) == MODELS
    assert metrics.loc[metrics["role"] == "champion", "candidate"].nunique() == 1
    for candidate in MODELS:
        assert abs(value_of(result, "orders_bias", candidate)) < 0.35
        assert value_of(result, "gini", candidate) > value_of(result, "gini", "same_for_everybody") == 0.0
        assert abs(value_of(result, "interval_coverage", candidate) - 0.8) < 0.07
    assert abs(value_of(result, "bias")) < 0.15
    for rule in ("past_spend_rate", "past_total_spend", "last_year_spend", "first_purchase", "same_for_everybody"):
        assert value_of(result, "mae") < value_of(result, "mae", rule)


def test_metrics_are_split_by_tier(tables: Tables) -> None:
    result = forecast(tables, senior_from=100.0, vip_above=500.0)
    sizes = result.metrics.query("metric == 'mae' and role == 'champion'").set_index("segment")["customer_count"]
    assert set(sizes.index) == {"all", "tier: regular", "tier: senior", "tier: vip"}
    assert sizes["all"] == sizes.drop("all").sum()
    sales = tables.features.query("as_of_date == @PAST[0]")["net_sales_12m"]
    assert sizes["tier: vip"] == (sales > 500).sum()
    assert sizes["tier: regular"] == (sales < 100).sum()


def test_calibration_shows_every_tenth_of_the_customers(result: LifetimeValueResult) -> None:
    deciles = result.calibration
    assert deciles.columns.tolist() == list(CALIBRATION_TYPES)
    assert set(deciles["candidate"]) == MODELS
    for _, part in deciles.groupby(["candidate", "measure"]):
        assert part["decile"].tolist() == list(range(1, 11))
        assert part["customer_count"].max() - part["customer_count"].min() <= 1
        assert part["predicted_mean"].is_monotonic_increasing
        assert part["actual_mean"].iloc[-1] > part["actual_mean"].iloc[0]


def test_tracking_runs_through_calibration_and_holdout(result: LifetimeValueResult) -> None:
    tracking = result.tracking
    assert tracking.columns.tolist() == list(TRACKING_TYPES)
    assert set(tracking["candidate"]) == MODELS - {"gradient_boosting", "blend"}
    part = tracking[tracking["candidate"] == "bg_nbd_gamma_gamma"]
    assert ((part["period_end"] - max(PAST)).dt.days % 7 == 0).all()
    assert part["period_end"].max() > max(PAST) + pd.Timedelta(days=WINDOW_DAYS - 7)
    assert part["actual_orders_cumulative"].iloc[-1] == part["actual_orders_incremental"].sum()
    at_test = part[part["period_end"] == max(PAST)].iloc[0]
    assert at_test["expected_orders_cumulative"] == pytest.approx(at_test["actual_orders_cumulative"], rel=0.05)


def test_the_frequency_histogram_counts_everybody_twice(result: LifetimeValueResult) -> None:
    histogram = result.frequency_histogram
    assert histogram.columns.tolist() == list(HISTOGRAM_TYPES)
    assert histogram["frequency"].tolist() == list(range(11))
    assert histogram["actual_customers"].sum() == len(result.scores)
    assert histogram["expected_customers"].sum() == pytest.approx(len(result.scores), abs=0.1)
    common = histogram[histogram["actual_customers"] > 100]
    assert (common["expected_customers"] / common["actual_customers"]).between(0.85, 1.15).all()


def test_reruns_and_row_order_change_nothing(result: LifetimeValueResult, tables: Tables) -> None:
    shuffled = Tables(**{name: frame.sample(frac=1.0, random_state=1) for name, frame in vars(tables).items()})
    again = forecast(shuffled)
    for name in ("scores", "metrics", "calibration", "tracking", "frequency_histogram"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(result, name))
    assert again.notes == result.notes


def test_customers_asked_about_some_at_a_time_are_told_the_same(result: LifetimeValueResult, tables: Tables) -> None:
    today = of_today(tables.features).sort_values("customer_id", ignore_index=True)
    tiers = {"senior_from": 1000.0, "vip_above": 5000.0}
    trained = train_lifetime_value(
        of_past(tables.features), today, tables.outcomes, purchase_days=tables.purchase_days, **tiers
    ).trained
    standard = standard_of(trained, today)
    ends = [0, 1, 8, 15, *range(150, len(today), 150), len(today)]
    parts = [score_lifetime_value(standard, today[start:end]).scores for start, end in pairwise(ends)]
    # no window of 30 days is known here: its interval is drawn, for whoever is asked about together
    drawn = [name for name in result.scores if name.endswith(("_low", "_high"))]
    found = pd.concat(parts, ignore_index=True).drop(columns=drawn)
    pd.testing.assert_frame_equal(found, result.scores.drop(columns=drawn))
    nobody = score_lifetime_value(standard_of(trained, today.head(0)), today.head(0)).scores
    assert nobody.empty
    assert nobody.columns.tolist() == result.scores.columns.tolist()


def test_decimals_and_nothings_as_a_database_gives_them_are_understood(
    result: LifetimeValueResult, tables: Tables
) -> None:
    def as_decimals(column: pd.Series) -> pd.Series:
        return pd.Series([None if pd.isna(x) else Decimal(repr(x)) for x in column], index=column.index, dtype=object)

    features = tables.features.assign(**{
        name: as_decimals(tables.features[name]) for name in ("monetary_value", "net_sales")
    })  # fmt: skip
    outcomes = tables.outcomes.assign(future_net_sales=as_decimals(tables.outcomes["future_net_sales"]))
    again = forecast(tables.with_changes(features=features, outcomes=outcomes))
    pd.testing.assert_frame_equal(again.scores, result.scores)


def test_interest_lowers_values_the_more_the_later_and_no_measure(result: LifetimeValueResult, tables: Tables) -> None:
    discounted = forecast(tables, discount_rate=0.2)
    pd.testing.assert_frame_equal(discounted.metrics, result.metrics)
    pd.testing.assert_series_equal(discounted.scores["expected_orders"], result.scores["expected_orders"])
    shares = {}
    for name in ("predicted_value_30d", "predicted_value_90d", "predicted_value", "predicted_value_high"):
        shares[name] = discounted.scores[name].sum() / result.scores[name].sum()
    assert 1 > shares["predicted_value_30d"] > shares["predicted_value_90d"] > shares["predicted_value"] > 1.2**-1
    assert shares["predicted_value"] == pytest.approx((1 + 0.2 / 365) ** -182, abs=0.03)
    assert shares["predicted_value_high"] == pytest.approx(shares["predicted_value"], abs=0.02)


def test_without_purchase_days_there_is_no_tracking_and_no_season(tables: Tables) -> None:
    result = forecast_lifetime_value(tables.features, tables.outcomes)
    assert result.tracking.empty
    assert result.tracking.columns.tolist() == list(TRACKING_TYPES)
    assert not result.scores.empty


def test_spend_that_goes_with_frequency_is_noted(tables: Tables) -> None:
    dependent = tables.features["monetary_value"] * (1 + tables.features["frequency"])
    changed = tables.with_changes(features=tables.features.assign(monetary_value=dependent))
    assert any("correlated" in note for note in forecast(changed).notes)


def test_a_rule_that_ranks_better_is_noted(tables: Tables) -> None:
    oracle = tables.outcomes.merge(tables.features, on=["customer_id", "as_of_date"])["net_sales"] / 10
    latest = tables.outcomes["as_of_date"] == max(PAST)
    outcomes = tables.outcomes.assign(future_net_sales=tables.outcomes["future_net_sales"].mask(latest, oracle))
    notes = forecast(tables.with_changes(outcomes=outcomes)).notes
    assert any("past_total_spend_rank ranked customers by future money better" in note for note in notes)


def test_refunds_that_eat_a_customers_spend_do_not_stop_the_forecast(tables: Tables) -> None:
    refunded = tables.features["monetary_value"].mask(tables.features.index % 7 == 0, -5.0)
    changed = tables.with_changes(
        features=tables.features.assign(monetary_value=refunded),
        outcomes=tables.outcomes.assign(future_net_sales=tables.outcomes["future_net_sales"] - 20.0),
    )
    scores = forecast(changed).scores
    assert (scores["method"] != "plain_ratio").all()
    assert (scores["predicted_value"] >= 0).all()


def test_a_shop_whose_customers_never_came_back_gets_the_plain_ratio(tables: Tables) -> None:
    today = tables.features[tables.features["is_today"]].assign(frequency=0, recency_days=0)
    today.loc[today.index[:9], ["frequency", "recency_days"]] = (1, 5)
    past = tables.features[tables.features["as_of_date"] == max(PAST)]
    result = forecast_lifetime_value(pd.concat([past, today.assign(age_days=today["age_days"] + 5)]), tables.outcomes)
    scores = result.scores
    assert {*scores["method"], *scores["method_30d"], *scores["method_90d"]} == {"plain_ratio"}
    assert any("plain ratio" in note and "fewer than 10 purchases" in note for note in result.notes)
    unknown = ["probability_alive", "probability_no_purchase", "predicted_value_low", "predicted_value_90d_high"]
    assert scores[[*unknown, "interval_level", "challenger_method", "challenger_value"]].isna().all().all()
    orders = 9 / (today["age_days"] + 5).sum()
    value = today["net_sales"].sum() / (len(today) + 9)
    for name, days in {"predicted_value_30d": 30, "predicted_value_90d": 90, "predicted_value": 365}.items():
        assert scores[name].to_numpy() == pytest.approx([orders * days * value] * len(today), abs=0.02)
    assert not result.metrics.empty


@pytest.mark.parametrize("days", [40, 70, 130, 250, 420])
def test_every_customer_of_a_shop_of_any_age_has_a_value_of_its_own(days: int) -> None:
    young = tables_of(simulate_orders(700, days))
    result = forecast_lifetime_value(young.features, young.outcomes, purchase_days=young.purchase_days)
    assert {*result.scores["method"], *result.scores["method_30d"]} <= MODELS
    assert result.scores["predicted_value"].nunique() > 300
    assert result.scores[["predicted_value_30d_high", "predicted_value_high"]].notna().all().all()
    assert result.metrics.empty == (days < 110)
    assert any("has not been measured" in note for note in result.notes) == result.metrics.empty


def test_a_silent_shop_is_forecast_like_any_other(tables: Tables) -> None:
    silent = tables.features.assign(days_since_last_order=tables.features["days_since_last_order"] + 40)
    assert (forecast(tables.with_changes(features=silent)).scores["method"] == "blend").all()


def test_a_shop_without_customers_gets_empty_tables(tables: Tables) -> None:
    result = forecast_lifetime_value(tables.features.head(0), tables.outcomes.head(0))
    assert result.scores.empty
    assert result.scores.columns.tolist() == list(SCORE_TYPES)
    assert result.frequency_histogram.empty


def test_impossible_features_stop_the_forecast_instead_of_falling_back(tables: Tables) -> None:
    impossible = tables.features.assign(recency_days=tables.features["age_days"] + 1)
    with pytest.raises(ValueError, match="recency must lie between 0 and T"):
        forecast(tables.with_changes(features=impossible))


def test_features_without_their_outcome_are_a_defect_that_is_told(tables: Tables) -> None:
    with pytest.raises(ValueError, match="features but no outcome"):
        forecast(tables.with_changes(outcomes=tables.outcomes.iloc[5:]))


def test_outcomes_among_the_features_are_refused(tables: Tables) -> None:
    with pytest.raises(ValueError, match="features hold outcomes"):
        forecast(tables.with_changes(features=tables.features.assign(future_net_sales=np.pi)))


def test_what_came_in_the_test_window_moves_no_forecast_that_is_measured_there(
    result: LifetimeValueResult, tables: Tables
) -> None:
    latest = tables.outcomes["as_of_date"] == max(PAST)
    money = tables.outcomes["future_net_sales"]
    other = tables.outcomes.assign(future_net_sales=money.mask(latest, money * 9.0))
    again = forecast(tables.with_changes(outcomes=other))
    told = ["candidate", "measure", "decile", "predicted_mean"]
    pd.testing.assert_frame_equal(again.calibration[told], result.calibration[told])
    assert not again.scores["predicted_value_90d"].equals(result.scores["predicted_value_90d"])
    widths = [each.metrics.query("metric == 'interval_width' and segment == 'all'") for each in (again, result)]
    assert widths[0]["value"].tolist() == widths[1]["value"].tolist()


def test_a_feature_that_nobody_has_changes_nothing(result: LifetimeValueResult, tables: Tables) -> None:
    again = forecast(tables.with_changes(features=tables.features.assign(days_since_last_event=np.nan)))
    pd.testing.assert_frame_equal(again.scores, result.scores)
    pd.testing.assert_frame_equal(again.metrics, result.metrics)


@pytest.mark.parametrize("buys", [False, True], ids=["nobody bought", "everybody bought"])
def test_outcomes_of_one_kind_give_values_and_are_measured_where_anything_was_sold(tables: Tables, buys: bool) -> None:
    outcomes = tables.outcomes.assign(future_order_days=int(buys), future_net_sales=50.0 * buys)
    result = forecast(tables.with_changes(outcomes=outcomes))
    values = result.scores[["predicted_value_30d", "predicted_value_90d", "predicted_value"]]
    assert (values >= 0).all().all()
    assert np.isfinite(values).all().all()
    assert result.metrics.empty != buys
    assert any("in which anything was sold, so the forecast has not been measured" in x for x in result.notes) != buys
