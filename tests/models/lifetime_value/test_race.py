"""What is published for a horizon: chosen on windows that are over, by the numbers that were published there."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.boosted_trees import GRADIENT_BOOSTING
from models.lifetime_value.blend import Blend
from models.lifetime_value.candidates import BG_NBD, PARETO_NBD, fit_candidates
from models.lifetime_value.evidence import Evidence
from models.lifetime_value.race import BLEND, Tiers, completed, correction, first_plan, plan_of
from models.lifetime_value.relative_errors import RelativeErrors
from models.lifetime_value.rules import LAST_WINDOW, LAST_YEAR, OWN_RATE, Rates
from models.lifetime_value.season import Season
from models.lifetime_value.spread import coverage
from models.lifetime_value.windows import Window, belief_in_season, over_by, past_windows
from tests.models.as_settings_have_it import forecast_lifetime_value
from tests.models.lifetime_value.shops import PAST, WINDOW_DAYS, Tables, features_of, simulate_orders, tables_of

TIERS = Tiers(100.0, 500.0)


def evidence_of(tables: Tables) -> Evidence:
    is_today = tables.features["is_today"]
    return Evidence.of(tables.features[~is_today], tables.features[is_today], tables.outcomes, tables.purchase_days)


@pytest.fixture(scope="module")
def windows(tables: Tables) -> list[Window]:
    return past_windows(evidence_of(tables), [WINDOW_DAYS], 0)[WINDOW_DAYS]


def test_the_windows_are_the_newest_ones_that_are_over_and_do_not_overlap(windows: list[Window]) -> None:
    assert [window.as_of for window in windows] == PAST[:3]
    assert {BG_NBD, PARETO_NBD, GRADIENT_BOOSTING, LAST_WINDOW, LAST_YEAR} <= {*windows[0].amounts}


def test_boosting_learns_from_windows_that_were_over_at_its_date(tables: Tables) -> None:
    evidence = evidence_of(tables)
    assert evidence.dates_over(PAST[0], WINDOW_DAYS) == sorted(PAST[1:])
    assert evidence.dates_over(PAST[1] - pd.Timedelta(days=1), WINDOW_DAYS) == sorted(PAST[3:])


def test_what_came_after_a_date_changes_nothing_that_was_foretold_at_it(windows: list[Window], tables: Tables) -> None:
    latest = tables.outcomes["as_of_date"] == PAST[0]
    outcomes = tables.outcomes.assign(
        future_order_days=tables.outcomes["future_order_days"].mask(latest, 7.0),
        future_net_sales=tables.outcomes["future_net_sales"].mask(latest, 123.0),
    )
    later = tables.features["as_of_date"] > PAST[0]
    features = tables.features.assign(net_sales=tables.features["net_sales"].where(~later, 0.0))
    purchase_days = tables.purchase_days[tables.purchase_days["purchase_date"] <= PAST[0]]
    again = past_windows(evidence_of(Tables(features, outcomes, purchase_days)), [WINDOW_DAYS], 0)[WINDOW_DAYS]
    pd.testing.assert_frame_equal(again[0].amounts, windows[0].amounts)
    names = windows[0].amounts.columns
    chosen, known = plan_of(90, again[1:], names, TIERS), plan_of(90, windows[1:], names, TIERS)
    assert (chosen.method, chosen.ranking, chosen.correction) == (known.method, known.ranking, known.correction)
    np.testing.assert_array_equal(chosen.blend.weights, known.blend.weights)


def test_all_candidates_share_one_total_and_are_judged_by_it(windows: list[Window]) -> None:
    plan = plan_of(90, windows, windows[0].amounts.columns, TIERS)
    window = windows[0]
    for name in [*window.amounts, BLEND]:
        values = plan.values(name, window.amounts, window.mean)
        assert values.sum() == pytest.approx(window.total * plan.correction)
    single = plan.values(LAST_YEAR, window.amounts, window.mean) / plan.correction
    by_hand = [
        np.abs(each.truth - each.amounts[LAST_YEAR] * each.total / each.amounts[LAST_YEAR].sum()).sum()
        / np.abs(each.truth).sum()
        for each in windows
    ]
    assert plan.ranking[LAST_YEAR] == pytest.approx(np.mean(by_hand))
    assert window.loss(single) == pytest.approx(by_hand[0])
    assert list(plan.ranking.values()) == sorted(plan.ranking.values())


def test_a_rule_that_was_best_by_far_is_published_and_said(windows: list[Window]) -> None:
    def knowing(window: Window) -> Window:
        told = Window(window.as_of, window.days, window.candidates, window.known)
        told.__dict__["foretold"] = replace(
            window.foretold, amounts=window.amounts.assign(**{LAST_WINDOW: window.truth})
        )
        return told

    names = [name for name in windows[0].amounts if name != GRADIENT_BOOSTING]
    plan = plan_of(90, [knowing(window) for window in windows], names, TIERS)
    assert plan.method == LAST_WINDOW
    assert next(iter(plan.ranking)) == LAST_WINDOW
    assert plan_of(90, [knowing(windows[0])], names, TIERS).method == BLEND


def test_without_a_window_that_is_over_the_leading_candidate_and_the_last_year_are_blended() -> None:
    plan = first_plan(90, [BG_NBD, PARETO_NBD, LAST_WINDOW, LAST_YEAR])
    assert (plan.method, plan.blend.names, plan.errors) == (BLEND, [BG_NBD, LAST_YEAR], None)
    assert plan.blend.weights.tolist() == [0.5, 0.5]


def test_a_candidate_that_a_window_lacks_says_there_what_the_last_year_says(windows: list[Window]) -> None:
    lacking = windows[0].amounts.drop(columns=GRADIENT_BOOSTING)
    filled = completed(lacking, [GRADIENT_BOOSTING, BG_NBD])
    assert filled[GRADIENT_BOOSTING].tolist() == lacking[LAST_YEAR].tolist()


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ([1.2, 1.2, 1.2], 1.2 ** (3 / 5)),  # the same error each time: drawn towards none by two windows
        ([1.2], 1.0),
        ([0.8, 1.25, 0.8], 1.0),  # an error that turns is not carried on
    ],
)
def test_a_lasting_error_of_the_total_is_corrected(windows: list[Window], factors, expected) -> None:
    def off_by(window: Window, factor: float) -> Window:
        truth = window.known["future_net_sales"] * (factor * window.total / window.truth.sum())
        return Window(window.as_of, window.days, window.candidates, window.known.assign(future_net_sales=truth))

    changed = [off_by(window, factor) for window, factor in zip(windows, factors, strict=False)]
    assert correction(changed) == pytest.approx(expected)


def test_weights_find_the_candidate_that_knows_and_are_drawn_towards_equal_ones() -> None:
    random = np.random.default_rng(0)
    truth = random.gamma(0.3, 100.0, 4_000)
    amounts = pd.DataFrame({"knows": truth * 3.0, "guesses": random.gamma(0.3, 100.0, 4_000)})
    once, often = Blend.learned([(amounts, truth)], [*amounts]), Blend.learned([(amounts, truth)] * 8, [*amounts])
    assert once.weights.sum() == pytest.approx(1.0)
    assert 0.6 < once.weights[0] < often.weights[0] < 1.0
    assert Blend.learned([], [*amounts]).weights.tolist() == [0.5, 0.5]
    assert once.of(amounts).mean() == pytest.approx(1.0)


def test_the_boosting_weighs_as_much_as_all_others_before_any_window() -> None:
    blend = Blend.before_any_window([BG_NBD, GRADIENT_BOOSTING, LAST_YEAR])
    assert blend.weights.tolist() == [0.25, 0.5, 0.25]
    assert Blend.before_any_window([GRADIENT_BOOSTING]).weights.tolist() == [1.0]


def test_intervals_hold_their_promise_on_another_window_of_the_same_shop() -> None:
    random = np.random.default_rng(1)

    def window() -> tuple[np.ndarray, np.ndarray, pd.Series]:
        forecast = random.gamma(0.5, 200.0, 6_000)
        truth = np.where(random.random(6_000) < 0.4, forecast * 2.5 * random.gamma(2.0, 0.5, 6_000), 0.0)
        tier = pd.Series(np.select([forecast > 300, forecast > 60], ["vip", "senior"], "regular"))
        return forecast, truth, tier

    errors = RelativeErrors.of([window(), window()], 0.8)
    assert errors is not None
    forecast, truth, tier = window()
    low, high = errors.interval(forecast, tier, forecast.mean())
    assert (low <= forecast).all()
    assert (forecast <= high).all()
    assert coverage(truth, low, high) == pytest.approx(0.8, abs=0.02)
    for name in ("regular", "senior", "vip"):
        rows = (tier == name).to_numpy()
        assert coverage(truth[rows], low[rows], high[rows]) == pytest.approx(0.8, abs=0.04)


def test_few_past_forecasts_make_no_interval() -> None:
    assert RelativeErrors.of([(np.ones(49), np.ones(49), pd.Series(["regular"] * 49))], 0.8) is None
    sizes = np.linspace(0.1, 2.0, 60)
    errors = RelativeErrors.of([(sizes, 2 * sizes, pd.Series(["regular"] * 60))], 0.8)
    assert errors is not None
    assert len(errors.ratios) == 3


def test_own_rates_are_drawn_to_the_shops_and_add_up_to_it() -> None:
    customers = pd.DataFrame(
        {"frequency": [0, 0, 4, 8], "age_days": [7, 300, 300, 300], "net_sales": [10.0, 20.0, 50.0, 400.0]}
    )
    rates = Rates.of(customers)
    orders = rates.orders(customers, 90)
    assert orders.sum() == pytest.approx(12 / 907 * 90 * 4)
    assert orders.iloc[1] < orders.iloc[0] < orders.iloc[2] < orders.iloc[3]
    none = rates.no_purchase(customers, 90)
    assert none.between(0, 1).all()
    assert none.iloc[1] > none.iloc[2] > none.iloc[3]
    assert rates.order_value(customers).iloc[3] == pytest.approx((400 + 480 / 16) / 10)


def test_a_shop_with_hardly_a_repeat_buyer_gets_rates_and_one_with_none_the_ratio() -> None:
    orders = simulate_orders(60, 300, seed=4)
    small = tables_of(orders)
    result = forecast_lifetime_value(small.features, small.outcomes, purchase_days=small.purchase_days)
    assert (result.scores["method"] != "plain_ratio").all()
    assert any("repeat buyers are fewer than 100" in note for note in result.notes)
    assert result.scores["probability_no_purchase"].between(0, 1).all()
    assert result.scores["probability_alive"].isna().all()
    assert result.scores["predicted_value"].nunique() > 10
    once = tables_of(orders.drop_duplicates("customer_id"))
    result = forecast_lifetime_value(once.features, once.outcomes, purchase_days=once.purchase_days)
    assert set(result.scores["method"]) == {"plain_ratio"}


def test_the_first_candidate_of_a_shop_without_a_process_is_the_own_rate(tables: Tables) -> None:
    few = tables.features[tables.features["is_today"]].head(80)
    evidence = Evidence.of(few.head(0), few, tables.outcomes.head(0), None)
    fitted = fit_candidates(evidence, evidence.today(), [])
    assert fitted.names_for(90, 600)[0] == OWN_RATE
    orders = fitted.orders(evidence.today(), [90])
    assert orders is not None
    others = fitted.by_others(evidence.today(), 90, None, fitted.crowd(evidence.today()))
    assert fitted.foretold(evidence.today(), 90, orders, None, others).amounts.columns[0] == OWN_RATE


def test_features_at_a_date_hold_what_a_year_ago_lay_ahead() -> None:
    orders = pd.DataFrame(
        {
            "customer_id": "c",
            "purchase_date": [PAST[0] - pd.Timedelta(days=ago) for ago in (400, 364, 335, 300)],
            "net_amount": [1.0, 2.0, 4.0, 8.0],
        }
    )
    row = features_of(orders, PAST[0]).iloc[0]
    assert (row["net_sales_last_year_30d"], row["net_sales_last_year_90d"]) == (6.0, 14.0)


def test_a_season_is_believed_as_far_as_windows_that_were_over_speak_for_it(windows: list[Window]) -> None:
    by_length = {WINDOW_DAYS: windows}
    assert over_by(by_length, PAST[0]) == windows[1:]
    assert len(over_by(by_length, PAST[0] + pd.Timedelta(days=WINDOW_DAYS))) == 3

    newest = windows[0].believing_the_season(0.0)
    newest = replace(newest, known=newest.known.assign(future_net_sales=2 * newest.known["future_net_sales"]))
    right = float(newest.truth.sum() / newest.total)

    def told(pace: float) -> Window:
        season = Season(newest.as_of, np.full(365, right * pace), is_known=True)
        outlook = replace(newest.candidates.outlook, season=season)
        return replace(newest, candidates=replace(newest.candidates, outlook=outlook))

    def total(window: Window) -> float:
        believed = window.believing_the_season(belief_in_season([window] * 3))
        return float(np.log(believed.total / window.truth.sum()))

    assert belief_in_season([newest]) == belief_in_season([]) == 1.0
    assert belief_in_season([told(1.0)]) == pytest.approx(1.0)
    assert belief_in_season([told(1.0 / right**2)] * 3) < 0.1  # as far off on the other side
    too_far = told(right)
    assert 0.5 < belief_in_season([too_far] * 3) < 0.95
    assert abs(total(too_far)) < abs(np.log(right)) / 2
    assert newest.believing_the_season(1.0) is newest
