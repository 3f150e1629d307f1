"""What the spend model must obey beyond CDNOW."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from sklearn.exceptions import NotFittedError

from models.lifetime_value.gamma_gamma import GammaGammaModel, _log_likelihood_and_gradient

TRUTH = (5.0, 4.0, 20.0)

positive = st.floats(0.05, 50.0)


@pytest.fixture(scope="module")
def spenders() -> pd.DataFrame:
    random = np.random.default_rng(2)
    p, q, v = TRUTH
    count = random.geometric(0.4, 10_000) - 1
    rate = random.gamma(q, 1 / v, count.size)
    total = random.gamma(p * np.maximum(count, 1), 1 / rate)
    return pd.DataFrame(
        {"frequency": count, "monetary_value": np.where(count > 0, total / np.maximum(count, 1), np.nan)}
    )


@pytest.fixture(scope="module")
def fitted(spenders: pd.DataFrame) -> GammaGammaModel:
    return GammaGammaModel().fit(spenders)


def test_a_fit_recovers_the_parameters_of_simulated_customers(fitted: GammaGammaModel) -> None:
    for name, truth in zip("pqv", TRUTH, strict=True):
        error = fitted.standard_errors_[name]
        assert 0 < error < truth
        assert abs(getattr(fitted, f"{name}_") - truth) < 3.5 * error, name


@given(positive, positive, positive, st.integers(1, 10_000), st.floats(0.001, 1e6))
@settings(max_examples=60, deadline=None)
def test_the_gradient_is_the_slope_of_the_likelihood(p, q, v, count, mean) -> None:
    count, mean, point = np.array([float(count)]), np.array([mean]), np.array([p, q, v])
    gradient = _log_likelihood_and_gradient(point, count, mean)[1][:, 0] * point
    slope = approx_fprime(np.log(point), lambda log: _log_likelihood_and_gradient(np.exp(log), count, mean)[0][0], 1e-6)
    assert gradient == pytest.approx(slope, rel=2e-3, abs=2e-3 * (1 + np.abs(slope).max()))


def test_without_a_known_mean_the_forecast_is_the_mean_of_the_population(fitted: GammaGammaModel) -> None:
    nobody_known = pd.DataFrame({"frequency": [0, 0, 7], "monetary_value": [np.nan, 12.0, np.nan]})
    population = fitted.p_ * fitted.v_ / (fitted.q_ - 1)
    assert fitted.predict_spend(nobody_known) == pytest.approx([population] * 3)
    assert population == pytest.approx(5 * 20 / 3, rel=0.05)


def test_the_more_is_known_the_more_the_own_mean_counts(fitted: GammaGammaModel) -> None:
    spend = fitted.predict_spend(
        pd.DataFrame({"frequency": [0, 1, 5, 10_000], "monetary_value": [np.nan, 90, 90, 90.0]})
    )
    assert (np.diff(spend) > 0).all()
    assert spend[-1] == pytest.approx(90.0, rel=1e-3)


def test_weights_row_order_and_currency_do_not_matter(spenders: pd.DataFrame) -> None:
    few = spenders.head(500)
    weight = np.arange(500) % 3
    weighted = GammaGammaModel().fit(few, sample_weight=weight)
    repeated = GammaGammaModel().fit(few.loc[few.index.repeat(weight)].sample(frac=1, random_state=0))
    cents = GammaGammaModel().fit(few.assign(monetary_value=few["monetary_value"] * 100), sample_weight=weight)
    assert (weighted.p_, weighted.q_, weighted.v_) == pytest.approx((repeated.p_, repeated.q_, repeated.v_), rel=1e-12)
    assert (cents.p_, cents.q_, cents.v_ / 100) == pytest.approx((weighted.p_, weighted.q_, weighted.v_), rel=1e-5)
    known = (weight * (few["frequency"] > 0)).sum()
    assert cents.log_likelihood_ == pytest.approx(weighted.log_likelihood_ - known * np.log(100))


@pytest.mark.parametrize(
    ("frequency", "money", "message"),
    [
        ([1, 2, 3], [9.0, 9.0, 9.0], "differ"),
        ([1, 0, 0], [9.0, np.nan, np.nan], "differ"),
        ([0, 0, 0], [np.nan, np.nan, np.nan], "differ"),
        ([1, 2, 3], [9.0, -1.0, 8.0], "above 0"),
        ([1, 2, -3], [9.0, 1.0, 8.0], "0 or more"),
        ([1, 2, 3], [9.0, np.inf, 8.0], "monetary_value must be a finite number: 1 rows are not, the first is row 1"),
    ],
)
def test_spend_that_cannot_be_modelled_is_refused_in_words(frequency, money, message) -> None:
    with pytest.raises(ValueError, match=message):
        GammaGammaModel().fit(pd.DataFrame({"frequency": frequency, "monetary_value": money}))


def test_an_unfitted_model_does_not_forecast(spenders: pd.DataFrame) -> None:
    with pytest.raises(NotFittedError):
        GammaGammaModel().predict_spend(spenders)
