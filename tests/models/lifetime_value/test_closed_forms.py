"""The integrals that the models take against the papers' 2F1 forms, where those can be computed in plain numbers."""

import numpy as np
import pytest
from scipy.special import hyp2f1

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.pareto_nbd import ParetoNBDModel

TAME = [(0.24, 4.4, 0.79, 2.43), (0.9, 11.0, 2.2, 0.6), (1.7, 2.0, 0.3, 5.0)]


def fitted(model, names: str, values):
    for name, value in zip(names.split(), values, strict=True):
        setattr(model, f"{name}_", value)
    return model


@pytest.mark.parametrize("parameters", TAME)
def test_beta_geo_forecasts_are_the_papers_equation_ten(parameters) -> None:
    r, alpha, a, b = parameters
    x, age, t = np.array([0.0, 1.0, 2.0, 9.0]), np.array([20.0, 38.9, 38.9, 30.0]), 13.0
    z = t / (alpha + age + t)
    paper = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * hyp2f1(r + x, b + x, a + b + x - 1, z))
    ours = fitted(BetaGeoModel(), "r alpha a b", parameters)._purchases_if_alive(x, age, np.full(4, t))
    assert ours == pytest.approx(paper, rel=1e-9)


def test_beta_geo_has_no_gap_where_the_paper_divides_zero_by_zero() -> None:
    forecasts = [
        fitted(BetaGeoModel(), "r alpha a b", (0.5, 4.0, a, 2.0)).expected_purchases(52.0)
        for a in (1 - 1e-7, 1.0, 1 + 1e-7)
    ]
    assert forecasts[0] > forecasts[1] > forecasts[2]
    assert forecasts[0] == pytest.approx(float(forecasts[2]), rel=1e-6)


@pytest.mark.parametrize("parameters", [(0.55, 10.6, 0.61, 11.7), (0.55, 11.7, 0.61, 10.6), (2.0, 3.0, 1.5, 30.0)])
def test_pareto_survival_is_the_papers_equation(parameters) -> None:
    r, alpha, s, beta = parameters
    x, recency, age = np.array([0.0, 1.0, 4.0, 12.0]), np.array([0.0, 9.0, 30.0, 22.0]), 39.0
    total, high = r + s + x, max(alpha, beta)
    second = s + 1 if alpha >= beta else r + x

    def antiderivative(y):
        return hyp2f1(total, second, total + 1, abs(alpha - beta) / (high + y)) / (high + y) ** total

    odds = s / total * (antiderivative(recency) - antiderivative(age)) * (alpha + age) ** (r + x) * (beta + age) ** s
    ours = fitted(ParetoNBDModel(), "r alpha s beta", parameters)._alive(x, recency, np.full(4, age))
    assert ours == pytest.approx(1 / (1 + odds), rel=1e-9)


def test_pareto_forecasts_have_no_gap_at_s_one() -> None:
    forecasts = [
        fitted(ParetoNBDModel(), "r alpha s beta", (0.5, 4.0, s, 9.0)).expected_purchases(52.0)
        for s in (1 - 1e-7, 1.0, 1 + 1e-7)
    ]
    assert forecasts[1] == pytest.approx(0.5 / 4.0 * 9.0 * np.log1p(52.0 / 9.0))
    assert forecasts[0] == pytest.approx(float(forecasts[2]), rel=1e-6)
