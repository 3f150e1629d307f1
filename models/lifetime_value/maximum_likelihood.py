"""Maximises a log-likelihood of positive parameters from its analytic gradient. Knows no particular model."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning

# Parameters stay within e^±10 once time and money are counted in their means: beyond, a Gamma or Beta law cannot be
# told from a single point, and the likelihood is flat.
LOG_BOUND = 10.0

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


@dataclass(frozen=True)
class Optimum:
    """Parameters of shape (k,), the mean log-likelihood there, and its curvature in the logarithms, shape (k, k)."""

    parameters: np.ndarray
    value: float
    curvature: np.ndarray

    def standard_errors(self, customer_count: float) -> np.ndarray:
        """Standard errors of the parameters from the observed information; nan where the likelihood is flat."""
        try:
            variance = np.diag(np.linalg.inv(self.curvature)) / customer_count
        except np.linalg.LinAlgError:
            return np.full(self.parameters.shape, np.nan)
        return self.parameters * np.sqrt(np.where(variance > 0, variance, np.nan))


def maximise(mean_log_likelihood: Objective, starts: list[np.ndarray], names: tuple[str, ...]) -> Optimum:
    """Best optimum over positive parameters.

    `mean_log_likelihood(parameters)` returns the value and its gradient in the parameters. The search runs in their
    logarithms with L-BFGS-B. Later starts are tried only when an earlier one stops at a bound or fails. Warns with
    ConvergenceWarning, naming the parameters, when none ends inside the bounds.
    """

    def loss(logarithms: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(logarithms)
        value, gradient = mean_log_likelihood(parameters)
        return -value, -gradient * parameters

    best = _search(loss, np.log(starts[0]))
    for start in starts[1:]:
        if _is_settled(best):
            break
        best = min(best, _search(loss, np.log(start)), key=lambda found: found.fun)
    _warn_unless_settled(best, names)
    return Optimum(np.exp(best.x), -float(best.fun), _curvature(loss, best.x))


def _search(loss: Objective, start: np.ndarray) -> optimize.OptimizeResult:
    bounds = [(-LOG_BOUND, LOG_BOUND)] * start.size
    options = {"maxiter": 200, "maxcor": 20, "ftol": 1e-15, "gtol": 1e-8}
    return optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)


def _is_at_bound(found: optimize.OptimizeResult) -> np.ndarray:
    return np.abs(found.x) > LOG_BOUND - 1e-6


def _is_settled(found: optimize.OptimizeResult) -> bool:
    return not _is_at_bound(found).any() and bool(np.abs(found.jac).max() < 1e-4)


def _warn_unless_settled(found: optimize.OptimizeResult, names: tuple[str, ...]) -> None:
    if _is_settled(found):
        return
    stuck = [name for name, is_stuck in zip(names, _is_at_bound(found), strict=True) if is_stuck]
    reason = f"parameters {', '.join(stuck)} ran to a bound" if stuck else f"the search stopped early ({found.message})"
    warnings.warn(f"{reason}: the data do not determine this model well", ConvergenceWarning, stacklevel=4)


def _curvature(loss: Objective, point: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Hessian of the loss by central differences of its analytic gradient; the error is about step squared."""
    rows = [loss(point + shift)[1] - loss(point - shift)[1] for shift in step * np.eye(point.size)]
    hessian = np.array(rows) / (2 * step)
    return (hessian + hessian.T) / 2
