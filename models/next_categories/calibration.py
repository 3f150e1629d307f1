"""From the share that a category has of a next order to the probability that the order holds it: four numbers."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

LEAST_SLOPE = 0.01  # above nothing: a larger share is never a smaller probability

_SMALLEST = 1e-9


def calibrated(share: np.ndarray, breadth: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """The probability of each category, of the shape of `share`; `breadth` is the customer's, one per row.

    sigmoid(a ln q - b ln(1 - q) + c ln(breadth) + d) for a share q: the beta calibration of Kull, Silva Filho and Flach
    (2017), with a term for whose orders hold more categories than others'. It rises with q for each customer.
    """
    a, b, c, d = coefficients
    q = np.clip(share, _SMALLEST, 1 - _SMALLEST)
    return expit(a * np.log(q) - b * np.log1p(-q) + (c * np.log(breadth) + d)[:, None])


def fit_calibration(share: np.ndarray, breadth: np.ndarray, holds: np.ndarray) -> np.ndarray:
    """The four numbers under which it is most likely what next orders held (1 or 0 of each customer and category)."""
    q = np.clip(share, _SMALLEST, 1 - _SMALLEST)
    columns = np.column_stack(
        [np.log(q).ravel(), -np.log1p(-q).ravel(), np.repeat(np.log(breadth), q.shape[1]), np.ones(q.size)]
    )
    truth = holds.ravel()

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        log_odds = columns @ coefficients
        value = (np.logaddexp(0.0, log_odds) - truth * log_odds).mean()
        return value, columns.T @ (expit(log_odds) - truth) / len(truth)

    bounds = [(LEAST_SLOPE, None), (LEAST_SLOPE, None), (None, None), (None, None)]
    return minimize(loss, np.array([1.0, 1.0, 0.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds).x
