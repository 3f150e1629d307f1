"""The BG/NBD model of repeat purchases. Its formulas only; fitting lives in purchase_model."""

import numpy as np
from scipy import special

from models.lifetime_value.histories import Histories, by_count, on_distinct_rows
from models.lifetime_value.purchase_model import PurchaseModel

# Nodes for the integral over the dropout probability: nine digits for all parameters between e^-4 and e^6.
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(128)


class BetaGeoModel(PurchaseModel):
    """Beta-geometric / negative binomial model: buying at a Gamma rate, leaving after a purchase with a Beta chance.

    A customer buys at rate lambda ~ Gamma(r, alpha) and leaves right after a repeat purchase with probability
    p ~ Beta(a, b). Hence somebody who bought once is alive with probability 1: `1 - predict_alive` is no churn score,
    `predict_no_purchase` is.

    Attributes
    ----------
    r_, alpha_, a_, b_ : float
        Parameters; alpha_ has the unit of time of the data.
    log_likelihood_ : float
        Log-likelihood at the parameters, summed over customers.
    standard_errors_ : dict of str to float
        Standard error of each parameter, from the observed information.

    References
    ----------
    Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model,
    Marketing Science 24(2).

    Examples
    --------
    >>> import pandas as pd
    >>> from models.lifetime_value.beta_geo import BetaGeoModel
    >>> X = pd.DataFrame({
    ...     "frequency": [0, 0, 0, 0, 1, 1, 2, 3, 5, 9], "recency": [0, 0, 0, 0, 2, 3, 6, 36, 10, 35],
    ...     "T": [39, 30, 36, 37, 38, 35, 39, 37, 36, 39],
    ... })
    >>> model = BetaGeoModel().fit(X)
    >>> model.predict_purchases(X, t=52)[-3:].round(1).tolist()
    [2.6, 0.1, 6.4]
    >>> model.predict_alive(X)[-3:].round(2).tolist()
    [0.81, 0.01, 0.8]
    """

    _names = ("r", "alpha", "a", "b")
    _is_time = (False, True, False, False)

    def _starts(self, histories: Histories) -> list[np.ndarray]:
        rate = (histories.weight @ histories.frequency) / (histories.weight @ histories.age)
        return [np.array([r, r / rate, a, b]) for r, a, b in ((0.5, 0.5, 1.5), (1.0, 0.1, 1.0), (3.0, 2.0, 10.0))]

    def _log_likelihood_and_gradient(
        self, parameters: np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        r, alpha, a, b = parameters
        log_now, log_last = np.log(alpha + age), np.log(alpha + recency)
        odds_of_leaving = a / (b + np.maximum(frequency, 1.0) - 1.0)
        log_odds = np.where(frequency > 0, np.log(odds_of_leaving) + (r + frequency) * (log_now - log_last), -np.inf)
        log_sum = np.maximum(log_odds, 0.0) + np.log1p(np.exp(-np.abs(log_odds)))  # a tenth of the time of logaddexp
        gone = np.exp(log_odds - log_sum)
        value = (
            by_count(lambda x: special.gammaln(r + x) - special.gammaln(r), frequency)
            + by_count(lambda x: special.betaln(a, b + x) - special.betaln(a, b), frequency)
            + r * np.log(alpha)
            - (r + frequency) * log_now
            + log_sum
        )
        in_r = by_count(lambda x: special.psi(r + x) - special.psi(r), frequency)
        in_a = by_count(lambda x: special.psi(a + b) - special.psi(a + b + x), frequency)
        in_b = by_count(lambda x: special.psi(b + x) - special.psi(b), frequency)
        gradient = np.stack(
            [
                in_r + np.log(alpha) - log_now + gone * (log_now - log_last),
                r / alpha - (r + frequency) * ((1.0 - gone) / (alpha + age) + gone / (alpha + recency)),
                in_a + gone / a,
                in_b + in_a - gone * odds_of_leaving / a,
            ]
        )
        return value, gradient

    def _alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        r, alpha, a, b = self._parameters()
        log_odds = np.log(a / (b + np.maximum(frequency, 1.0) - 1.0))
        log_odds = log_odds + (r + frequency) * np.log1p((age - recency) / (alpha + recency))
        return np.where(frequency > 0, special.expit(-log_odds), 1.0)

    def _simulated_if_alive(
        self,
        frequency: np.ndarray,
        age: np.ndarray,
        t: np.ndarray,
        pace: np.ndarray,
        draws: int,
        random: np.random.Generator,
    ) -> np.ndarray:
        r, alpha, a, b = self._parameters()
        shape = (len(frequency), draws)
        bought = random.poisson(random.gamma(r + frequency, size=shape) * (t * pace / (alpha + age)))
        leaving = random.beta(a, b + frequency, size=shape)
        return np.minimum(bought, random.geometric(np.maximum(leaving, 1e-12)))

    def _purchases_if_alive(self, frequency: np.ndarray, age: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        return on_distinct_rows(self._distinct_purchases_if_alive, frequency, age, horizon)

    def _distinct_purchases_if_alive(self, frequency: np.ndarray, age: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """E_p[(1 - (1 + p t / (alpha + T)) ** -(r + x)) / p] with p ~ Beta(a, b + x), the law of those alive.

        The paper's 2F1 form is this integral; it divides zero by zero at a = 1 and overflows for large x or a. The
        integral has neither trouble, and its positive weights make it rise with t by construction.
        """
        r, alpha, a, b = self._parameters()
        stretch = horizon / (alpha + age)
        forecast = np.empty(frequency.size)
        for count in np.unique(frequency):
            rows = np.flatnonzero(frequency == count)
            p, weight = _beta_rule(a, b + count, steepness=(r + count + 1.0) * stretch[rows].max())
            for part in np.array_split(rows, rows.size // 20_000 + 1):  # 15 MB a block
                exponent = (r + count) * np.log1p(np.multiply.outer(stretch[part], p))
                forecast[part] = -np.expm1(-exponent) @ (weight / p)
        return forecast


def _beta_rule(a: float, b: float, steepness: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights (sum 1) of an expectation under Beta(a, b) of a function whose slope at 0 is `steepness`.

    The nodes lie in the log-odds of p, between quantiles beyond which nothing is left, or, when a tail reaches
    further, points beyond which the function does not move any more; such a tail is one more node.
    """
    still = 22.0 + np.log1p(steepness + b)
    with np.errstate(divide="ignore"):
        low = max(special.logit(special.betaincinv(a, b, 1e-16)), -still)
        high = min(-special.logit(special.betaincinv(b, a, 1e-16)), still)
    middle, half = (low + high) / 2, (high - low) / 2
    log_odds = np.concatenate([[low], middle + half * _NODES, [high]])
    p = special.expit(log_odds)
    density = np.exp(a * special.log_expit(log_odds) + b * special.log_expit(-log_odds) - special.betaln(a, b))
    weight = density * half * np.concatenate([[0.0], _NODE_WEIGHTS, [0.0]])
    weight[0], weight[-1] = special.betainc(a, b, p[0]), special.betainc(b, a, special.expit(-high))
    return p, weight / weight.sum()
