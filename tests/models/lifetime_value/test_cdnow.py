"""The literature's numbers on CDNOW, reproduced: they are the proof that the formulas are the papers' own."""

import pandas as pd
import pytest

from models import metrics
from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.gamma_gamma import GammaGammaModel
from models.lifetime_value.pareto_nbd import ParetoNBDModel
from models.lifetime_value.value_model import spend_correlation

HOLDOUT_WEEKS = 39
ONE_CUSTOMER = pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86]})


@pytest.fixture(scope="module")
def beta_geo(cdnow: pd.DataFrame) -> BetaGeoModel:
    return BetaGeoModel().fit(cdnow)


@pytest.fixture(scope="module")
def pareto(cdnow: pd.DataFrame) -> ParetoNBDModel:
    return ParetoNBDModel().fit(cdnow)


@pytest.fixture(scope="module")
def gamma_gamma(cdnow: pd.DataFrame) -> GammaGammaModel:
    return GammaGammaModel().fit(cdnow)


def test_the_sample_is_the_one_of_the_papers(cdnow: pd.DataFrame) -> None:
    assert len(cdnow) == 2357
    assert (cdnow["frequency"] > 0).sum() == 946
    assert cdnow["future_count"].sum() == 1882
    assert cdnow["future_spend"].sum() == pytest.approx(70976, abs=1)
    assert (cdnow["future_count"] == 0).mean() == pytest.approx(0.710, abs=0.0005)


def test_beta_geo_finds_the_parameters_of_fader_hardie_and_lee(beta_geo: BetaGeoModel) -> None:
    assert (beta_geo.r_, beta_geo.alpha_) == pytest.approx((0.243, 4.414), abs=0.002)
    assert (beta_geo.a_, beta_geo.b_) == pytest.approx((0.793, 2.426), abs=0.01)
    assert beta_geo.log_likelihood_ == pytest.approx(-9582.4, abs=0.05)


def test_pareto_finds_the_parameters_of_fader_hardie_and_lee(pareto: ParetoNBDModel) -> None:
    assert (pareto.r_, pareto.alpha_) == pytest.approx((0.553, 10.578), abs=0.002)
    assert (pareto.s_, pareto.beta_) == pytest.approx((0.606, 11.669), abs=0.002)
    assert pareto.log_likelihood_ == pytest.approx(-9595.0, abs=0.05)


def test_gamma_gamma_finds_the_parameters_of_fader_and_hardie(gamma_gamma: GammaGammaModel) -> None:
    assert (gamma_gamma.p_, gamma_gamma.q_, gamma_gamma.v_) == pytest.approx((6.25, 3.74, 15.44), abs=0.005)
    assert gamma_gamma.log_likelihood_ == pytest.approx(-4055.92, abs=0.05)


def test_expected_purchases_are_the_published_curve(beta_geo: BetaGeoModel) -> None:
    published = [0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576]
    assert beta_geo.expected_purchases([0.1429, 1, 3, 31.8571, 32, 78]) == pytest.approx(published, abs=0.0005)


def test_conditional_expectation_is_the_published_one(beta_geo: BetaGeoModel) -> None:
    assert beta_geo.predict_purchases(ONE_CUSTOMER, 39)[0] == pytest.approx(1.226, abs=0.0005)


def test_expected_spend_of_the_first_ten_customers(gamma_gamma: GammaGammaModel, cdnow: pd.DataFrame) -> None:
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert gamma_gamma.predict_spend(cdnow)[:10] == pytest.approx(published, abs=0.006)
    assert spend_correlation(cdnow) == pytest.approx(0.114, abs=0.0005)


def test_holdout_purchases_are_forecast_as_well_as_recorded(
    beta_geo: BetaGeoModel, pareto: ParetoNBDModel, cdnow: pd.DataFrame
) -> None:
    recorded = {
        "beta_geo": (beta_geo.predict_purchases(cdnow, HOLDOUT_WEEKS), -0.121, 0.786, 1.608, 0.626, 0.7725),
        "pareto": (pareto.predict_purchases(cdnow, HOLDOUT_WEEKS), -0.115, 0.755, 1.603, 0.630, 0.7787),
        "naive": (cdnow["frequency"] / cdnow["T"] * HOLDOUT_WEEKS, 0.557, 1.024, 2.212, 0.584, 0.7598),
    }
    came = cdnow["future_count"]
    for name, (forecast, bias, mae, rmse, correlation, auc) in recorded.items():
        assert metrics.bias(came, forecast) == pytest.approx(bias, abs=0.0006), name
        assert metrics.mae(came, forecast) == pytest.approx(mae, abs=0.0006), name
        assert metrics.rmse(came, forecast) == pytest.approx(rmse, abs=0.0006), name
        assert metrics.correlation(came, forecast) == pytest.approx(correlation, abs=0.0006), name
        assert metrics.auc(came > 0, forecast) == pytest.approx(auc, abs=0.00006), name


def test_holdout_money_is_forecast_as_well_as_recorded(
    beta_geo: BetaGeoModel, pareto: ParetoNBDModel, gamma_gamma: GammaGammaModel, cdnow: pd.DataFrame
) -> None:
    spend = gamma_gamma.predict_spend(cdnow)
    past_rate = cdnow["repeat_spend"] / cdnow["T"] * HOLDOUT_WEEKS
    recorded = [
        (beta_geo.predict_purchases(cdnow, HOLDOUT_WEEKS) * spend, -0.156, 30.41, 0.638),
        (pareto.predict_purchases(cdnow, HOLDOUT_WEEKS) * spend, -0.148, 29.45, 0.659),
        (past_rate, 0.612, 43.31, 0.671),
    ]
    for forecast, bias, mae, gini in recorded:
        assert metrics.bias(cdnow["future_spend"], forecast) == pytest.approx(bias, abs=0.0006)
        assert metrics.mae(cdnow["future_spend"], forecast) == pytest.approx(mae, abs=0.006)
        assert metrics.normalised_gini(cdnow["future_spend"], forecast) == pytest.approx(gini, abs=0.001)
    assert metrics.normalised_gini(cdnow["future_spend"], cdnow["past_spend"]) == pytest.approx(0.680, abs=0.001)


def test_no_purchase_is_a_churn_score_and_one_less_alive_is_not(beta_geo: BetaGeoModel, cdnow: pd.DataFrame) -> None:
    stayed_away = cdnow["future_count"] == 0
    no_purchase = beta_geo.predict_no_purchase(cdnow, HOLDOUT_WEEKS)
    assert metrics.auc(stayed_away, 1 - beta_geo.predict_alive(cdnow)) == pytest.approx(0.316, abs=0.0005)
    assert metrics.auc(stayed_away, no_purchase) == pytest.approx(0.757, abs=0.0005)
    assert metrics.brier(stayed_away, no_purchase) == pytest.approx(0.161, abs=0.0005)
    assert metrics.log_loss(stayed_away, no_purchase) == pytest.approx(0.506, abs=0.0005)


def test_all_of_cdnow_tells_the_same_story_as_its_sample(cdnow_master: pd.DataFrame) -> None:
    assert len(cdnow_master) == 23_570
    assert cdnow_master["future_count"].sum() == 19_684
    came, spend = cdnow_master["future_count"], GammaGammaModel().fit(cdnow_master)
    recorded = {
        BetaGeoModel: ((0.252, 4.789, 0.723, 2.161), -0.143, 0.819, 0.669, -0.173, 32.68, 0.672),
        ParetoNBDModel: ((0.597, 11.586, 0.522, 8.828), -0.129, 0.794, 0.671, -0.158, 31.99, 0.684),
    }
    naive = cdnow_master["frequency"] / cdnow_master["T"] * HOLDOUT_WEEKS
    for model_class, (parameters, bias, mae, correlation, money_bias, money_mae, gini) in recorded.items():
        model = model_class().fit(cdnow_master)
        assert model._parameters() == pytest.approx(parameters, rel=0.005)
        forecast = model.predict_purchases(cdnow_master, HOLDOUT_WEEKS)
        assert metrics.bias(came, forecast) == pytest.approx(bias, abs=0.0006)
        assert metrics.mae(came, forecast) == pytest.approx(mae, abs=0.0006)
        assert mae < metrics.mae(came, naive)
        assert metrics.correlation(came, forecast) == pytest.approx(correlation, abs=0.0006)
        money = forecast * spend.predict_spend(cdnow_master)
        assert metrics.bias(cdnow_master["future_spend"], money) == pytest.approx(money_bias, abs=0.0006)
        assert metrics.mae(cdnow_master["future_spend"], money) == pytest.approx(money_mae, abs=0.006)
        assert metrics.normalised_gini(cdnow_master["future_spend"], money) == pytest.approx(gini, abs=0.001)
