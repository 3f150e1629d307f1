"""Laws that both purchase models must obey, whatever the data."""

import doctest
import importlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from models.lifetime_value import purchase_model
from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.pareto_nbd import ParetoNBDModel
from models.lifetime_value.purchase_model import PurchaseModel

TRUTH = {BetaGeoModel: (0.8, 5.0, 0.9, 2.5), ParetoNBDModel: (0.8, 5.0, 0.7, 9.0)}
NAMES = {BetaGeoModel: "beta_geo", ParetoNBDModel: "pareto"}
MODELS = pytest.mark.parametrize("model_class", [BetaGeoModel, ParetoNBDModel])
EXAMPLES = settings(max_examples=60, deadline=None)

shapes = st.floats(0.02, 50.0)
times = st.floats(0.05, 500.0)
parameter_sets = st.tuples(st.sampled_from([BetaGeoModel, ParetoNBDModel]), shapes, times, shapes, times)


@st.composite
def histories(draw: st.DrawFn) -> pd.DataFrame:
    frequency = draw(st.integers(0, 10_000))
    age = draw(st.floats(0.1, 2000.0))
    recency = age * draw(st.floats(0.01, 1.0)) if frequency else 0.0
    return one(frequency, recency, age)


def one(frequency: float, recency: float, age: float) -> pd.DataFrame:
    return pd.DataFrame({"frequency": [frequency], "recency": [recency], "T": [age]})


def with_parameters(model_class: type[PurchaseModel], *parameters: float) -> PurchaseModel:
    model = model_class()
    for name, value in zip(model._names, parameters, strict=True):
        setattr(model, f"{name}_", value)
    return model


@pytest.fixture
def small(model_class, simulate) -> pd.DataFrame:
    age = np.random.default_rng(3).integers(30, 90, 1500).astype(float)
    return simulate(NAMES[model_class], TRUTH[model_class], 1500, age, 0.0, seed=3).seen


@given(parameter_sets, histories())
@EXAMPLES
def test_the_gradient_is_the_slope_of_the_likelihood(parameters, history) -> None:
    model_class, *point = parameters
    columns = [history[column].to_numpy() for column in ("frequency", "recency", "T")]
    model = model_class()
    _, gradient = model._log_likelihood_and_gradient(np.array(point), *columns)
    logarithms = np.log(point)
    slope = approx_fprime(logarithms, lambda log: model._log_likelihood_and_gradient(np.exp(log), *columns)[0][0], 1e-6)
    scale = 1.0 + np.abs(slope).max()
    assert gradient[:, 0] * point == pytest.approx(slope, abs=2e-3 * scale, rel=2e-3)


@given(parameter_sets, histories(), st.floats(0.0, 1000.0), st.floats(1.0, 10.0))
@EXAMPLES
def test_a_longer_horizon_never_lowers_a_forecast(parameters, history, t, factor) -> None:
    model = with_parameters(*parameters)
    short, long = model.predict_purchases(history, t)[0], model.predict_purchases(history, t * factor)[0]
    assert 0.0 <= short <= long * (1 + 1e-9)
    assert np.isfinite(long)
    assert model.predict_no_purchase(history, t)[0] >= model.predict_no_purchase(history, t * factor)[0] - 1e-8


@given(parameter_sets, st.integers(1, 5000), st.integers(1, 5000), st.floats(0.1, 2000.0), st.floats(0.1, 500.0))
@EXAMPLES
def test_more_purchases_up_to_this_day_never_lower_the_forecast(parameters, count, more, age, t) -> None:
    model = with_parameters(*parameters)
    few, many = (
        model.predict_purchases(one(count, age, age), t),
        model.predict_purchases(one(count + more, age, age), t),
    )
    assert few[0] <= many[0] * (1 + 1e-8)


@given(parameter_sets, histories(), st.floats(0.0, 1000.0))
@EXAMPLES
def test_probabilities_stay_between_zero_and_one(parameters, history, t) -> None:
    model = with_parameters(*parameters)
    alive, nothing = model.predict_alive(history)[0], model.predict_no_purchase(history, t)[0]
    assert 0.0 <= alive <= 1.0
    assert 1.0 - alive - 1e-8 <= nothing <= 1.0  # who is gone buys nothing
    assert model.predict_no_purchase(history, 0)[0] == pytest.approx(1.0)


@MODELS
def test_forecasts_agree_with_simulated_customers(model_class, simulate) -> None:
    customers = simulate(NAMES[model_class], TRUTH[model_class], 200_000, 30.0, 20.0, seed=5)
    model = with_parameters(model_class, *TRUTH[model_class])
    seen = customers.seen
    outcomes = {
        "no purchase": (customers.later_count == 0, model.predict_no_purchase(seen, 20.0)),
        "purchases": (customers.later_count, model.predict_purchases(seen, 20.0)),
        "alive": (customers.is_alive, model.predict_alive(seen)),
    }
    kind = np.minimum(seen["frequency"], 4) * 10 + (seen["recency"] > 20)
    for name, (truth, forecast) in outcomes.items():
        error = pd.Series(truth - forecast).groupby(kind).agg(["mean", "sem", "size"]).query("size > 500")
        assert len(error) >= 7
        assert (error["mean"].abs() <= 4 * error["sem"] + 1e-12).all(), (name, error)


@MODELS
def test_a_fit_recovers_the_parameters_of_simulated_customers(model_class, simulate) -> None:
    customers = simulate(NAMES[model_class], TRUTH[model_class], 10_000, 30.0, 0.0, seed=7)
    model = model_class().fit(customers.seen)
    for name, truth in zip(model._names, TRUTH[model_class], strict=True):
        error = model.standard_errors_[name]
        assert 0 < error < truth
        assert abs(getattr(model, f"{name}_") - truth) < 3.5 * error, name


@MODELS
def test_expected_purchases_of_a_newcomer_are_those_of_simulated_newcomers(model_class, simulate) -> None:
    customers = simulate(NAMES[model_class], TRUTH[model_class], 100_000, 30.0, 0.0, seed=11).seen
    expected = with_parameters(model_class, *TRUTH[model_class]).expected_purchases(30.0)
    assert abs(customers["frequency"].mean() - expected) < 4 * customers["frequency"].sem()


@MODELS
def test_a_weight_means_as_many_equal_rows(model_class, small) -> None:
    weight = np.arange(len(small)) % 4
    weighted = model_class().fit(small, sample_weight=weight)
    repeated = model_class().fit(small.loc[small.index.repeat(weight)])
    assert weighted._parameters() == pytest.approx(repeated._parameters(), rel=1e-12)
    assert weighted.log_likelihood_ == pytest.approx(repeated.log_likelihood_, rel=1e-12)


@MODELS
def test_row_order_changes_nothing_at_all(model_class, small) -> None:
    shuffled = small.sample(frac=1.0, random_state=0)
    first, second = model_class().fit(small), model_class().fit(shuffled)
    assert first._parameters().tolist() == second._parameters().tolist()
    assert (
        pd.Series(first.predict_purchases(shuffled, 9), shuffled.index).sort_index().tolist()
        == first.predict_purchases(small, 9).tolist()
    )


@MODELS
def test_the_unit_of_time_changes_the_time_parameters_only(model_class, small) -> None:
    weeks, days = (
        model_class().fit(small),
        model_class().fit(small.assign(recency=small["recency"] * 7, T=small["T"] * 7)),
    )
    scale = np.where(weeks._is_time, 7.0, 1.0)
    assert days._parameters() == pytest.approx(weeks._parameters() * scale, rel=1e-4)
    change = (small["frequency"] * np.log(7)).sum()
    assert days.log_likelihood_ == pytest.approx(weeks.log_likelihood_ - change, rel=1e-9)
    later = small.assign(recency=small["recency"] * 7, T=small["T"] * 7)
    assert days.predict_purchases(later, 63) == pytest.approx(weeks.predict_purchases(small, 9), rel=1e-4)


@MODELS
def test_five_million_customers_weigh_no_more_than_few(model_class, small) -> None:
    plain, heavy = (
        model_class().fit(small),
        model_class().fit(small, sample_weight=np.full(len(small), 5e6 / len(small))),
    )
    assert heavy._parameters() == pytest.approx(plain._parameters(), rel=1e-6)
    assert heavy.log_likelihood_ == pytest.approx(plain.log_likelihood_ * 5e6 / len(small))
    assert all(np.isfinite(error) for error in heavy.standard_errors_.values())


@MODELS
def test_ten_thousand_purchases_overflow_nothing(model_class, small) -> None:
    extreme = pd.DataFrame({"frequency": [10_000, 9_000], "recency": [60.0, 12.0], "T": [60.0, 60.0]})
    model = model_class().fit(pd.concat([small, extreme], ignore_index=True))
    assert np.isfinite(model.log_likelihood_)
    forecast = model.predict_purchases(extreme, 60.0)
    assert 1_000 < forecast[0] <= 10_100
    assert forecast[1] == pytest.approx(0.0, abs=1e-6)  # nine thousand in twelve weeks, then none: gone
    assert model.predict_alive(extreme) == pytest.approx([1.0, 0.0], abs=0.01)


@MODELS
def test_a_shop_nobody_leaves_is_forecast_to_go_on_as_it_did(model_class) -> None:
    random = np.random.default_rng(0)
    frequency = random.poisson(random.gamma(2.0, 5.0, 3000)).astype(float)
    recency = np.where(frequency > 0, 50 * random.beta(np.maximum(frequency, 1), 1), 0.0)
    X = pd.DataFrame({"frequency": frequency, "recency": recency, "T": 50.0})
    model = model_class().fit(X)
    assert model.predict_purchases(X, 50.0).sum() == pytest.approx(frequency.sum(), rel=0.02)


@MODELS
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"frequency": 0.0, "recency": 0.0}, "repeat purchases"),
        ({"frequency": 1.5}, "whole number.*first is row 0"),
        ({"frequency": -1.0}, "whole number"),
        ({"recency": 1000.0}, "between 0 and T"),
        ({"recency": 0.0}, "exactly when frequency is 0"),
        ({"T": np.nan}, "T must be a finite number"),
        ({"frequency": 2.0, "recency": 3.0, "T": 9.0}, "histories differ"),
    ],
)
def test_impossible_histories_are_refused_in_words(model_class, small, change, message) -> None:
    with pytest.raises(ValueError, match=message):
        model_class().fit(small.assign(**change))


@MODELS
def test_misuse_is_refused_in_words(model_class, small) -> None:
    with pytest.raises(ValueError, match="at least two customers"):
        model_class().fit(small.head(1))
    with pytest.raises(ValueError, match="at least two customers"):
        model_class().fit(small.head(0))
    with pytest.raises(ValueError, match="no column 'T'"):
        model_class().fit(small.drop(columns="T"))
    with pytest.raises(ValueError, match="DataFrame"):
        model_class().fit(small.to_numpy())
    with pytest.raises(ValueError, match="sample_weight"):
        model_class().fit(small, sample_weight=[1.0])
    with pytest.raises(NotFittedError):
        model_class().predict_purchases(small, 1.0)
    with pytest.raises(ValueError, match="t must be"):
        with_parameters(model_class, 1, 1, 1, 1).predict_purchases(small, -1.0)


@MODELS
def test_a_horizon_may_differ_by_customer(model_class, small) -> None:
    model = with_parameters(model_class, *TRUTH[model_class])
    horizons = np.linspace(0, 50, len(small))
    one_by_one = [model.predict_purchases(small.iloc[[row]], horizons[row])[0] for row in range(20)]
    assert model.predict_purchases(small, horizons)[:20] == pytest.approx(one_by_one, rel=1e-8, abs=1e-12)


def test_who_bought_once_is_alive_for_certain_in_beta_geo_and_not_in_pareto() -> None:
    once = one(0, 0, 300.0)
    assert with_parameters(BetaGeoModel, *TRUTH[BetaGeoModel]).predict_alive(once)[0] == 1.0
    assert with_parameters(ParetoNBDModel, *TRUTH[ParetoNBDModel]).predict_alive(once)[0] < 0.5


@MODELS
def test_an_estimator_can_be_cloned_and_fitted_again(model_class, small) -> None:
    model = model_class().fit(small)
    again = clone(model)
    assert not hasattr(again, "r_")
    assert again.fit(small)._parameters().tolist() == model._parameters().tolist()


@pytest.mark.parametrize("module", ["beta_geo", "pareto_nbd", "gamma_gamma"])
def test_the_documented_examples_run(module: str) -> None:
    outcome = doctest.testmod(importlib.import_module(f"models.lifetime_value.{module}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0


@MODELS
def test_a_search_that_begins_on_a_sample_ends_where_one_over_all_rows_does(model_class, simulate, monkeypatch) -> None:
    age = np.random.default_rng(5).uniform(1.0, 90.0, 12_000)
    customers = simulate(NAMES[model_class], TRUTH[model_class], age.size, age, 0.0, seed=5).seen
    whole = model_class().fit(customers)
    monkeypatch.setattr(purchase_model, "_SAMPLE", 2_000)
    begun_on_sample = model_class().fit(customers)
    assert begun_on_sample.log_likelihood_ == pytest.approx(whole.log_likelihood_, rel=1e-13)
    for name, error in whole.standard_errors_.items():
        assert getattr(begun_on_sample, f"{name}_") == pytest.approx(getattr(whole, f"{name}_"), abs=1e-4 * error)
        assert begun_on_sample.standard_errors_[name] == pytest.approx(error, rel=1e-4)
