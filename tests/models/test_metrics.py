"""Metrics against numbers worked out by hand and against their own definitions."""

import math

import numpy as np
import pytest

from models import metrics


def test_bias_is_the_relative_error_of_the_sum() -> None:
    assert metrics.bias([1, 3], [1, 1]) == -0.5
    assert math.isnan(metrics.bias([0, 0], [1, 1]))


def test_errors_are_the_textbook_ones() -> None:
    assert metrics.mae([1, 2, 3], [1, 4, 2]) == pytest.approx(1.0)
    assert metrics.rmse([1, 2, 3], [1, 4, 2]) == pytest.approx(math.sqrt(5 / 3))
    assert metrics.correlation([1, 2, 3], [2, 4, 6]) == pytest.approx(1.0)
    assert metrics.spearman([1, 2, 3, 4], [1, 10, 100, 50]) == pytest.approx(0.8)


def test_gini_with_ties_is_the_mean_over_random_tie_breaks() -> None:
    random = np.random.default_rng(0)
    truth, score = random.gamma(0.3, 1, 40), random.integers(0, 4, 40)

    def lorenz_gini(order: np.ndarray) -> float:
        return float(np.cumsum(truth[order][::-1]).sum() / truth.sum() - (truth.size + 1) / 2)

    broken = [lorenz_gini(np.lexsort((random.random(40), score))) for _ in range(20_000)]
    expected = np.mean(broken) / lorenz_gini(np.argsort(truth))
    assert metrics.normalised_gini(truth, score) == pytest.approx(expected, abs=0.005)


def test_gini_of_a_binary_truth_is_twice_the_auc_less_one() -> None:
    random = np.random.default_rng(1)
    truth, score = random.integers(0, 2, 300), random.random(300).round(1)
    assert metrics.normalised_gini(truth, score) == pytest.approx(2 * metrics.auc(truth, score) - 1)


def test_gini_of_the_perfect_order_is_one_and_of_a_constant_is_zero() -> None:
    assert metrics.normalised_gini([0, 1, 5], [10, 20, 30]) == pytest.approx(1.0)
    assert metrics.normalised_gini([0, 1, 5], [7, 7, 7]) == pytest.approx(0.0)


def test_probability_metrics_are_the_textbook_ones() -> None:
    assert metrics.brier([0, 1], [0.2, 0.6]) == pytest.approx((0.04 + 0.16) / 2)
    assert metrics.log_loss([0, 1], [0.2, 0.6]) == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)
    assert metrics.accuracy([0, 1, 1], [0.2, 0.5, 0.4]) == pytest.approx(2 / 3)
    assert metrics.average_precision([0, 1, 1], [0.1, 0.9, 0.05]) == pytest.approx((1 + 2 / 3) / 2)


def test_probability_metrics_work_when_only_one_class_came() -> None:
    assert metrics.brier([1, 1], [1.0, 0.5]) == pytest.approx(0.125)
    assert metrics.log_loss([0, 0], [0.5, 0.5]) == pytest.approx(math.log(2))


@pytest.mark.parametrize("metric", [metrics.auc, metrics.average_precision, metrics.correlation, metrics.spearman])
def test_metrics_without_a_meaning_on_a_constant_truth_are_nan(metric) -> None:
    assert math.isnan(metric([1, 1, 1], [0.1, 0.2, 0.3]))


def test_missing_values_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        metrics.mae([1, 2], [1, np.nan])
    with pytest.raises(ValueError, match="shapes"):
        metrics.mae([1, 2], [1])
    with pytest.raises(ValueError, match="no row"):
        metrics.auc([], [])


def test_tweedie_deviance_is_lowest_at_the_mean_and_knows_nothing_below_zero() -> None:
    truth = np.array([0.0, 0.0, 0.0, 9.0, -5.0])
    deviances = [metrics.tweedie_deviance(truth, np.full(5, level)) for level in (1.0, 1.8, 3.0)]
    assert deviances[1] == min(deviances)
    assert metrics.tweedie_deviance([4.0, 9.0], [4.0, 9.0]) == pytest.approx(0.0, abs=1e-12)
    assert metrics.tweedie_deviance([4.0], [1.0]) == pytest.approx(2 * (2 * 4 + 2 - 4 * 2), rel=1e-9)
    assert math.isfinite(metrics.tweedie_deviance(truth, np.zeros(5)))


def test_the_calibration_error_is_that_of_tenths_and_equal_forecasts_stand_together() -> None:
    forecast = np.linspace(0, 1, 1_000)
    outcome = (np.random.default_rng(0).random(1_000) < forecast).astype(float)
    tenths = np.arange(1_000) // 100
    gaps = [abs(forecast[tenths == tenth].mean() - outcome[tenths == tenth].mean()) for tenth in range(10)]
    assert metrics.ece(outcome, forecast) == pytest.approx(np.mean(gaps))
    constant = np.full(1_000, 0.3)
    assert metrics.ece(outcome, constant) == pytest.approx(abs(0.3 - outcome.mean()))
