"""How the champion is chosen: on an earlier window, by a stated rule, from nothing that came later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models import metrics
from models.boosted_trees import GRADIENT_BOOSTING
from models.lifetime_value import groups
from models.lifetime_value import study as module
from models.lifetime_value.candidates import BG_NBD, PARETO_NBD, Settings, fit_candidates
from models.lifetime_value.evidence import Evidence, past_and_present
from models.lifetime_value.study import Study, choose, put_to_the_test
from tests.models.as_settings_have_it import forecast_lifetime_value
from tests.models.lifetime_value.shops import PAST, WINDOW_DAYS, Tables

TEST, VALIDATION = PAST[0], PAST[1]


def evidence_of(tables: Tables) -> Evidence:
    return Evidence.of(*past_and_present(tables.features, tables.traits), tables.outcomes, tables.purchase_days)


def study(evidence: Evidence) -> Study:
    return put_to_the_test(evidence, choose(evidence, Settings(WINDOW_DAYS)))


@pytest.fixture(scope="module")
def studied(tables: Tables) -> Study:
    return study(evidence_of(tables))


def test_the_validation_window_was_over_when_the_test_window_began(studied: Study) -> None:
    assert studied.test.as_of == TEST
    assert studied.validation.as_of == VALIDATION
    assert studied.judge is studied.validation
    assert sorted(studied.ranking) == sorted([BG_NBD, PARETO_NBD, GRADIENT_BOOSTING])


def test_the_champion_has_the_lowest_deviance_on_the_validation_window(studied: Study) -> None:
    losses = [studied.validation.loss(name) for name in studied.ranking]
    assert losses == sorted(losses)
    window, name = studied.validation, studied.ranking[0]
    truth, value = window.known["future_net_sales"], window.value(name)
    assert window.is_young  # 520 days of history: the total is set right before it is judged
    assert window.loss(name) == pytest.approx(metrics.tweedie_deviance(truth, value * truth.sum() / value.sum()))
    assert not studied.test.is_young
    truth, value = studied.test.known["future_net_sales"], studied.test.value(name)
    assert studied.test.loss(name) == metrics.tweedie_deviance(truth, value)


def test_what_came_after_the_test_date_changes_neither_choice_nor_forecast(studied: Study, tables: Tables) -> None:
    latest = tables.outcomes["as_of_date"] == TEST
    outcomes = tables.outcomes.assign(
        future_order_days=tables.outcomes["future_order_days"].mask(latest, 7.0),
        future_net_sales=tables.outcomes["future_net_sales"].mask(latest, 123.0),
    )
    later = tables.features["as_of_date"] > TEST
    features = tables.features.assign(
        frequency=tables.features["frequency"].where(~later, 0),
        recency_days=tables.features["recency_days"].where(~later, 0),
        net_sales=tables.features["net_sales"].where(~later, 0.0),
    )
    purchase_days = tables.purchase_days[tables.purchase_days["purchase_date"] <= TEST]
    spoiled = Tables(features, outcomes, purchase_days, tables.traits)
    again = study(evidence_of(spoiled))
    assert again.ranking == studied.ranking
    for name in studied.ranking:
        pd.testing.assert_frame_equal(again.test.forecasts[name].frame, studied.test.forecasts[name].frame)
        assert again.validation.interval_level(name, 0.8) == studied.validation.interval_level(name, 0.8)


def test_boosting_learns_from_windows_that_were_over_at_its_date(tables: Tables) -> None:
    evidence = evidence_of(tables)
    assert evidence.dates_over(TEST, WINDOW_DAYS) == sorted(PAST[1:])
    assert evidence.dates_over(VALIDATION, WINDOW_DAYS) == sorted(PAST[2:])
    assert evidence.dates_over(VALIDATION - pd.Timedelta(days=1), WINDOW_DAYS) == sorted(PAST[3:])


def test_without_an_earlier_window_the_test_itself_decides_and_the_note_says_so(tables: Tables) -> None:
    outcomes = tables.outcomes[tables.outcomes["as_of_date"] == TEST]
    result = forecast_lifetime_value(tables.features, outcomes)
    assert any("on the test window itself" in note for note in result.notes)
    assert any("not calibrated" in note for note in result.notes)
    assert any("nothing to learn from" in note for note in result.notes)
    assert GRADIENT_BOOSTING not in set(result.metrics["candidate"])


def test_a_window_that_some_candidate_could_not_enter_chooses_nothing(studied: Study) -> None:
    lone = replace(studied.validation, forecasts={BG_NBD: studied.validation.forecasts[BG_NBD]})
    assert replace(studied, validation=lone).judge is studied.test


def test_a_trait_that_means_nothing_is_not_fitted_apart_and_one_that_does_is(
    studied: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert studied.settings.trait is None
    assert any("channel" in note and "one fit of all customers is used" in note for note in studied.notes)
    window = studied.validation
    bought = window.known["future_order_days"] > 0  # no trait could tell more
    monkeypatch.setattr(groups, "LEAST_GROUP_BUYERS", 300)
    monkeypatch.setattr(module, "LEAST_GROUP_BUYERS", 300)
    seen = replace(window, known=window.known.assign(channel=np.where(bought, "loyal", "lost"), cohort="all"))
    trait, notes = module._best_trait(seen)
    assert trait == "channel"
    assert "separate fits by channel are used" in notes[0]


def test_a_season_that_made_the_past_worse_is_left_out(studied: Study) -> None:
    window = studied.test
    season = replace(window.candidates.outlook.season, daily=np.full(365, 3.0), is_known=True)
    loud = replace(window.candidates, outlook=replace(window.candidates.outlook, season=season))
    wrong = replace(window, candidates=loud, forecasts=loud.forecasts(window.customers, [WINDOW_DAYS]))
    chosen, notes = module._with_corrections(wrong, Settings(WINDOW_DAYS))
    assert not chosen.with_season
    assert "left out" in notes[0]


def test_a_season_that_can_be_known_is_used_unless_it_is_switched_off(tables: Tables) -> None:
    evidence = evidence_of(tables)
    today = evidence.today()
    assert fit_candidates(evidence, today, Settings(WINDOW_DAYS)).outlook.season.is_known
    assert not fit_candidates(evidence, today, Settings(WINDOW_DAYS, with_season=False)).outlook.season.is_known


@pytest.mark.parametrize("name", [BG_NBD, PARETO_NBD, GRADIENT_BOOSTING])
def test_the_spread_of_one_candidate_is_what_it_is_among_the_spreads_of_all(studied: Study, name: str) -> None:
    window = studied.test
    alone = window.candidates.forecasts(window.customers, [WINDOW_DAYS], spread_of=[name])[name]
    among_all = window.forecasts[name]
    for one, other in zip(
        alone.spread.interval(0.8, window.value(name)), among_all.spread.interval(0.8, window.value(name)), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_what_nobody_asked_for_is_not_drawn(studied: Study) -> None:
    window = studied.test
    forecasts = window.candidates.forecasts(window.customers, [WINDOW_DAYS], spread_of=[GRADIENT_BOOSTING])
    assert [name for name, forecast in forecasts.items() if forecast.drawn] == [GRADIENT_BOOSTING]
