"""The Pareto/NBD model of repeat purchases. Its formulas only; fitting lives in purchase_model."""

import numpy as np
from scipy import special

from models.lifetime_value.histories import Histories, by_count, on_distinct_rows
from models.lifetime_value.purchase_model import PurchaseModel

# Nodes for the integral over the time of leaving: eleven digits at ordinary horizons, eight at ten thousand mean ages.
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)

_BLOCK = 1_000  # rows worked on at once: 200 kB for each array of nodes by rows, so that all stays in a core's cache


class ParetoNBDModel(PurchaseModel):
    """Pareto / negative binomial model: buying at a Gamma rate, leaving at any moment with a Gamma hazard.

    A customer buys at rate lambda ~ Gamma(r, alpha) and leaves at hazard mu ~ Gamma(s, beta), also before the
    second purchase: here one-time buyers can be gone.

    Attributes
    ----------
    r_, alpha_, s_, beta_ : float
        Parameters; alpha_ and beta_ have the unit of time of the data.
    log_likelihood_ : float
        Log-likelihood at the parameters, summed over customers.
    standard_errors_ : dict of str to float
        Standard error of each parameter, from the observed information.

    References
    ----------
    Schmittlein, Morrison and Colombo (1987), Counting Your Customers: Who Are They and What Will They Do Next?,
    Management Science 33(1); Fader and Hardie (2005), A Note on Deriving the Pareto/NBD Model and Related Expressions.

    Examples
    --------
    >>> import pandas as pd
    >>> from models.lifetime_value.pareto_nbd import ParetoNBDModel
    >>> X = pd.DataFrame({
    ...     "frequency": [0, 0, 0, 1, 1, 2, 3, 5, 8], "recency": [0, 0, 0, 4, 30, 12, 36, 10, 35],
    ...     "T": [39, 30, 36, 38, 35, 39, 37, 36, 39],
    ... })
    >>> model = ParetoNBDModel().fit(X)
    >>> bool(model.predict_alive(X)[7] < model.predict_alive(X)[8])  # five purchases, then long silence
    True
    """

    _names = ("r", "alpha", "s", "beta")
    _is_time = (False, True, False, True)

    def _starts(self, histories: Histories) -> list[np.ndarray]:
        rate = (histories.weight @ histories.frequency) / (histories.weight @ histories.age)
        return [np.array([r, r / rate, s, beta]) for r, s, beta in ((0.5, 0.5, 0.5), (1.0, 0.3, 2.0), (3.0, 2.0, 5.0))]

    def _log_likelihood_and_gradient(
        self, parameters: np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        r, alpha, s, beta = parameters
        log_rate, log_hazard = np.log(alpha + age), np.log(beta + age)
        alive = -(r + frequency) * log_rate - s * log_hazard
        left, left_gradient = _having_left(parameters, frequency, recency, age)
        log_sum = np.logaddexp(alive, left)
        value = (
            by_count(lambda x: special.gammaln(r + x) - special.gammaln(r), frequency)
            + r * np.log(alpha)
            + s * np.log(beta)
            + log_sum
        )
        alive_gradient = np.stack(
            [-log_rate, -(r + frequency) / (alpha + age), -log_hazard, np.broadcast_to(-s / (beta + age), age.shape)]
        )
        gone = np.exp(left - log_sum)
        gradient = alive_gradient + gone * (left_gradient - alive_gradient)
        gradient[0] += by_count(lambda x: special.psi(r + x) - special.psi(r), frequency) + np.log(alpha)
        gradient[1:] += np.array([[r / alpha], [np.log(beta)], [s / beta]])
        return value, gradient

    def _log_likelihood(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        return on_distinct_rows(super()._log_likelihood, frequency, recency, age)

    def _alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        return on_distinct_rows(self._distinct_alive, frequency, recency, age)

    def _distinct_alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        r, alpha, s, beta = self._parameters()
        alive = -(r + frequency) * np.log(alpha + age) - s * np.log(beta + age)
        return special.expit(alive - _having_left(self._parameters(), frequency, recency, age)[0])

    def _simulated_if_alive(
        self,
        frequency: np.ndarray,
        age: np.ndarray,
        t: np.ndarray,
        pace: np.ndarray,
        draws: int,
        random: np.random.Generator,
    ) -> np.ndarray:
        r, alpha, s, beta = self._parameters()
        shape = (len(frequency), draws)
        hazard = random.gamma(s, size=shape) / (beta + age)
        lifetime = random.standard_exponential(shape) / np.maximum(hazard, 1e-300)
        rate = random.gamma(r + frequency, size=shape) * (pace / (alpha + age))
        return random.poisson(rate * np.minimum(lifetime, t))

    def _purchases_if_alive(self, frequency: np.ndarray, age: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """The closed form, its (1 - y ** (s - 1)) / (s - 1) written with exprel, which has no gap at s = 1."""
        r, alpha, s, beta = self._parameters()
        stretch = np.log1p(horizon / (beta + age))
        living_time = (beta + age) * stretch * special.exprel(-(s - 1.0) * stretch)
        return (r + frequency) / (alpha + age) * living_time


def _having_left(
    parameters: np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of s * integral over (recency, T) of (alpha + y)^-(r + x) (beta + y)^-(s + 1) dy, and its gradient.

    It is the likelihood of having left between the last purchase and now. The papers write it as the difference of
    two 2F1, which loses all digits when recency is close to T and overflows when x is large; the integral does not.
    """
    blocks = np.array_split(np.arange(frequency.size), frequency.size // _BLOCK + 1)
    parts = [_block_having_left(parameters, frequency[rows], recency[rows], age[rows]) for rows in blocks]
    return np.concatenate([value for value, _ in parts]), np.concatenate([slope for _, slope in parts], axis=1)


def _block_having_left(
    parameters: np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre in the logarithm of (smaller of alpha and beta + y), where the integrand is nearly exponential.

    Of alpha + y and beta + y the smaller is the exponential of the nodes, so only the other's logarithm has to be
    taken; nearly all of a fit's time is spent here. Arrays are of shape (nodes, n).
    """
    r, alpha, s, beta = parameters
    smaller = min(alpha, beta)
    base = smaller + recency
    width = _range_worth_summing(parameters, frequency, recency, age, base)
    step = np.multiply.outer(_NODES + 1.0, width / 2)
    low, log_low = base * np.exp(step), np.log(base) + step
    high = low + (max(alpha, beta) - smaller)
    log_high = np.log(high)
    (rate, log_rate), (hazard, log_hazard) = [(low, log_low), (high, log_high)][:: 1 if alpha <= beta else -1]
    height = step - (r + frequency) * log_rate - (s + 1.0) * log_hazard
    top = height.max(axis=0)
    share = np.exp(height - top)
    total = _NODE_WEIGHTS @ share
    with np.errstate(divide="ignore"):  # nobody can have left when the last purchase is now
        value = np.log(s) + np.log(base * width / 2) + np.log(total) + top
    in_alpha = -(r + frequency) * (_NODE_WEIGHTS @ (share / rate)) / total
    in_beta = -(s + 1.0) * (_NODE_WEIGHTS @ (share / hazard)) / total
    in_r = -(_NODE_WEIGHTS @ (share * log_rate)) / total
    in_s = 1.0 / s - (_NODE_WEIGHTS @ (share * log_hazard)) / total
    return value, np.stack([in_r, in_alpha, in_s, in_beta])


def _range_worth_summing(
    parameters: np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray, base: np.ndarray
) -> np.ndarray:
    """Length of the range in log(base + y) up to age, cut where e^-36 is left: the rest is below the rounding error.

    Three bounds on that point: from the slope at the start, and from either factor of the integrand alone.
    """
    r, alpha, s, beta = parameters
    fall = base * ((r + frequency) / (alpha + recency) + (s + 1.0) / (beta + recency)) - 1.0
    by_rate = (alpha + recency) * np.expm1(np.minimum(36.0 / np.maximum(r + frequency - 1.0, 0.1), 300.0))
    by_hazard = (beta + recency) * np.expm1(min(36.0 / s, 300.0))
    reach = np.minimum(age - recency, np.minimum(by_rate, by_hazard))
    return np.minimum(np.log1p(reach / base), 36.0 / np.maximum(fall, 1e-9))
