"""The search itself, on likelihoods simple enough to know the answer."""

import numpy as np
import pytest

from models.lifetime_value.maximum_likelihood import maximise


def exponential(mean: float):
    """Mean log-likelihood of exponential waiting times with a given mean: best at rate 1 / mean."""
    return lambda rate: (float(np.log(rate[0]) - rate[0] * mean), 1 / rate - mean)


def test_the_optimum_and_its_standard_error_are_the_textbook_ones() -> None:
    found = maximise(exponential(4.0), [np.array([1.0])], ("rate",))
    assert found.parameters == pytest.approx([0.25], rel=1e-6)
    assert found.standard_errors(100.0) == pytest.approx([0.25 / 10], rel=1e-4)
    assert found.looseness == ""


def test_a_likelihood_that_rises_for_ever_is_said_to_be_undetermined_by_name() -> None:
    def rising(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = exponential(4.0)(parameters[:1])
        return value - 1 / parameters[1], np.array([slope[0], parameters[1] ** -2])

    found = maximise(rising, [np.array([1.0, 1e4])], ("rate", "b"))
    assert found.looseness == "parameters b ran to a bound: the data do not determine this model well"


def test_a_later_start_is_taken_when_the_first_is_stuck_at_a_bound() -> None:
    def two_hills(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logarithm = np.log(parameters[0])
        value = np.exp(-((logarithm + 3) ** 2)) + 0.01 * logarithm * (logarithm > 0)
        slope = -2 * (logarithm + 3) * np.exp(-((logarithm + 3) ** 2)) + 0.01 * (logarithm > 0)
        return float(value), np.array([slope]) / parameters

    found = maximise(two_hills, [np.array([np.exp(4.0)]), np.array([np.exp(-2.5)])], ("rate",))
    assert np.log(found.parameters) == pytest.approx([-3.0], abs=1e-4)


def test_a_flat_likelihood_has_no_standard_error() -> None:
    found = maximise(lambda parameters: (0.0, np.zeros(1)), [np.array([1.0])], ("rate",))
    assert np.isnan(found.standard_errors(10.0)).all()
