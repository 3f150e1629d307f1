"""Maximises a log-likelihood of positive parameters from its analytic gradient. Knows no particular model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from models.one_thread import on_one_thread

# Parameters stay within e^±10 once time and money are counted in their means: beyond, a Gamma or Beta law cannot be
# told from a single point, and the likelihood is flat.
LOG_BOUND = 10.0

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
RowWise = Callable[..., tuple[np.ndarray, np.ndarray]]

SAME = 1e-9  # of the mean log-likelihood: searches that end so near each other found one optimum, or one flat ridge

_BLOCK = 16_384  # rows worked on at once: 128 kB an array, so that all of a formula stays in the processor's cache


@dataclass(frozen=True)
class Optimum:
    """Parameters of shape (k,), the mean log-likelihood there, and its curvature in the logarithms, shape (k, k).

    `looseness` says why the data do not determine the parameters well; it is empty when they do.
    """

    parameters: np.ndarray
    value: float
    curvature: np.ndarray
    looseness: str

    def standard_errors(self, customer_count: float) -> np.ndarray:
        """Standard errors of the parameters from the observed information; nan where the likelihood is flat."""
        try:
            variance = np.diag(np.linalg.inv(self.curvature)) / customer_count
        except np.linalg.LinAlgError:
            return np.full(self.parameters.shape, np.nan)
        return self.parameters * np.sqrt(np.where(variance > 0, variance, np.nan))

    def log_covariance(self, customer_count: float) -> np.ndarray:
        """Covariance of the logarithms of the parameters, shape (k, k), from the observed information.

        A direction in which the likelihood hardly bends (a standard deviation above one) is left out: it moves the
        parameters and no forecast, and the quadratic would put it far beyond where it holds.
        """
        bend, direction = np.linalg.eigh(self.curvature * customer_count)
        variance = np.where(bend > 1.0, 1.0 / np.maximum(bend, 1.0), 0.0)
        return (direction * variance) @ direction.T


# The products are so small that a matrix library's threads mostly wait: on a busy machine, half the time of a fit.
@on_one_thread
def maximise(
    mean_log_likelihood: Objective, starts: list[np.ndarray], names: tuple[str, ...], sample: Objective | None = None
) -> Optimum:
    """Best optimum over positive parameters.

    `mean_log_likelihood(parameters)` returns the value and its gradient in the parameters. The search runs in their
    logarithms with L-BFGS-B. `sample` is the same of few of many rows: the search then begins at the optimum of these,
    and takes a third of the evaluations. Later starts are tried only when an earlier one stops at a bound or fails, and
    none after two that ended equally high.
    No warning tells that none ends inside the bounds, but `looseness`: warnings are caught for a whole process, and
    fits run side by side.
    """
    loss = _in_logarithms(mean_log_likelihood)
    best = _search_from_sample(loss, _in_logarithms(sample), np.log(starts[0])) if sample else None
    if best is None or not _is_settled(best):
        best = _search(loss, np.log(starts[0]))
    for start in starts[1:]:
        if _is_settled(best):
            break
        other = _search(loss, np.log(start))
        is_same = abs(other.fun - best.fun) < SAME
        best = min(best, other, key=lambda found: found.fun)
        if is_same:
            break
    return Optimum(np.exp(best.x), -float(best.fun), _curvature(loss, best.x), _looseness(best, names))


def summed_over_rows(function: RowWise, weight: np.ndarray, *columns: np.ndarray) -> tuple[float, np.ndarray]:
    """Weighted sums of the values, shape (n,), and the gradients, shape (k, n), that `function(*columns)` returns."""
    value, gradient = 0.0, np.zeros(1)
    for start in range(0, weight.size, _BLOCK):
        rows = slice(start, start + _BLOCK)
        values, gradients = function(*(column[rows] for column in columns))
        value += float(weight[rows] @ values)
        gradient = gradient + gradients @ weight[rows]
    return value, gradient


def _in_logarithms(mean_log_likelihood: Objective) -> Objective:
    """The loss to minimise and its gradient, both in the logarithms of the parameters."""

    def loss(logarithms: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(logarithms)
        value, gradient = mean_log_likelihood(parameters)
        return -value, -gradient * parameters

    return loss


def _search_from_sample(loss: Objective, sample_loss: Objective, start: np.ndarray) -> optimize.OptimizeResult | None:
    """The optimum of `loss` near that of a sample, in coordinates in which the sample bends alike in all directions.

    There a quasi-Newton search has its curvature from the first step. None when the sample has no such optimum.
    """
    first = _search(sample_loss, start)
    if not _is_settled(first):
        return None
    bend, direction = np.linalg.eigh(_curvature(sample_loss, first.x))
    if bend.min() <= 0:
        return None
    turn = direction / np.sqrt(bend)

    def turned(steps: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = loss(first.x + turn @ steps)
        return value, turn.T @ gradient

    found = _search(turned, np.zeros(start.size), still=3e-8)  # closer, rounding leaves the line search no way down
    found.x = first.x + turn @ found.x
    found.jac = np.linalg.solve(turn.T, found.jac)
    return found


def _search(loss: Objective, start: np.ndarray, still: float = 1e-8) -> optimize.OptimizeResult:
    """L-BFGS-B from `start` until no slope is above `still`."""
    bounds = [(-LOG_BOUND, LOG_BOUND)] * start.size
    options = {"maxiter": 200, "maxcor": 20, "ftol": 1e-15, "gtol": still}
    return optimize.minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)


def _is_at_bound(found: optimize.OptimizeResult) -> np.ndarray:
    return np.abs(found.x) > LOG_BOUND - 1e-6


def _is_settled(found: optimize.OptimizeResult) -> bool:
    return not _is_at_bound(found).any() and bool(np.abs(found.jac).max() < 1e-4)


def _looseness(found: optimize.OptimizeResult, names: tuple[str, ...]) -> str:
    if _is_settled(found):
        return ""
    stuck = [name for name, is_stuck in zip(names, _is_at_bound(found), strict=True) if is_stuck]
    reason = f"parameters {', '.join(stuck)} ran to a bound" if stuck else f"the search stopped early ({found.message})"
    return f"{reason}: the data do not determine this model well"


def _curvature(loss: Objective, point: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Hessian of the loss by central differences of its analytic gradient; the error is about step squared."""
    rows = [loss(point + shift)[1] - loss(point - shift)[1] for shift in step * np.eye(point.size)]
    hessian = np.array(rows) / (2 * step)
    return (hessian + hessian.T) / 2


def drawn(parameters: np.ndarray, log_covariance: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One draw of the parameters from the normal law of their logarithms around the estimate, shape (k,)."""
    variance, direction = np.linalg.eigh(log_covariance)
    shift = direction @ (np.sqrt(np.maximum(variance, 0.0)) * random.standard_normal(parameters.size))
    return parameters * np.exp(shift)
