"""The Gamma-Gamma model of spend per purchase. How many purchases there will be is none of its business."""

from functools import partial
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from models.lifetime_value.histories import TooLittleToFit, by_count, checked_column, checked_weight, distinct_rows
from models.lifetime_value.maximum_likelihood import drawn, maximise, summed_over_rows

SPEND_COLUMNS = ["frequency", "monetary_value"]

# The search runs over p, q - 1 and v, in means of the money, from the first start unless it fails.
_Q_ABOVE_ONE = np.array([0.0, 1.0, 0.0])
_STARTS = ((2.0, 2.0, 1.0), (10.0, 10.0, 1.0), (0.5, 1.0, 2.0))


class GammaGammaModel(BaseEstimator):
    """Gamma-Gamma model: a customer's purchases scatter around a mean of their own, and these means differ.

    Each purchase is Gamma(p, nu) with nu ~ Gamma(q, v), independent of how often the customer buys. The forecast is
    the customer's own mean, drawn towards the mean of all the more, the fewer purchases are known.

    Not checked with `parametrize_with_checks`: X is a frame with named columns of different meaning, not a matrix.

    Attributes
    ----------
    p_, q_, v_ : float
        Parameters; v_ has the unit of money of the data. q_ > 1, without which spend has no mean.
    log_likelihood_ : float
        Log-likelihood at the parameters, summed over customers with a known mean.
    standard_errors_ : dict of str to float
        Standard error of each parameter, from the observed information.
    looseness_ : str
        Why the data do not determine the parameters well; empty when they do.

    References
    ----------
    Fader, Hardie and Berger (2004), Customer-Base Analysis Using Iso-Value Curves (RFM and CLV);
    Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value.

    Examples
    --------
    >>> import pandas as pd
    >>> from models.lifetime_value.gamma_gamma import GammaGammaModel
    >>> X = pd.DataFrame({"frequency": [1, 2, 4, 3, 0, 6], "monetary_value": [20.0, 35.0, 31.0, 80.0, None, 44.0]})
    >>> spend = GammaGammaModel().fit(X).predict_spend(X)
    >>> bool(20.0 < spend[0] < spend[4] < spend[3] < 80.0)
    True
    """

    def fit(self, X: pd.DataFrame, sample_weight: ArrayLike | None = None) -> Self:
        """Find the parameters of highest likelihood.

        Parameters
        ----------
        X : DataFrame of shape (n_customers, at least 2)
            `frequency`: purchases that the mean is taken over. `monetary_value`: mean money per purchase, above 0.
            Rows without purchases or with a missing mean say nothing about spend and are passed over.
        sample_weight : array of shape (n_customers,), optional
            How many customers a row stands for.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            When a column is missing, a mean is 0 or less, or fewer than two different means are known.
        """
        count, mean = _checked_spend(X)
        weight = np.where(count > 0, checked_weight(sample_weight, len(X)), 0.0)
        (count, mean), weight = distinct_rows((count, mean), weight)
        if np.unique(mean).size < 2:
            raise TooLittleToFit("a spend model needs repeat buyers whose mean purchases differ")
        unit = float(np.average(mean, weights=weight))
        share = weight / weight.sum()

        def mean_log_likelihood(parameters: np.ndarray) -> tuple[float, np.ndarray]:
            at_these = partial(_log_likelihood_and_gradient, parameters + _Q_ABOVE_ONE)
            return summed_over_rows(at_these, share, count, mean / unit)

        optimum = maximise(mean_log_likelihood, [np.array(start) for start in _STARTS], ("p", "q - 1", "v"))
        scale = np.array([1.0, 1.0, unit])
        self.p_, self.q_, self.v_ = map(float, (optimum.parameters + _Q_ABOVE_ONE) * scale)
        errors = optimum.standard_errors(weight.sum()) * scale
        self.standard_errors_ = dict(zip(("p", "q", "v"), map(float, errors), strict=True))
        self.log_covariance_ = optimum.log_covariance(weight.sum())
        self.looseness_ = optimum.looseness
        self.log_likelihood_ = float(weight.sum() * (optimum.value - np.log(unit)))
        self.feature_names_in_ = np.array(SPEND_COLUMNS, dtype=object)
        self.n_features_in_ = len(SPEND_COLUMNS)
        return self

    def predict_spend(self, X: pd.DataFrame) -> np.ndarray:
        """Expected money per future purchase of each customer, shape (n_customers,).

        A customer without repeat purchases or without a known mean gets the mean of the population, p v / (q - 1).
        """
        check_is_fitted(self)
        count, mean = _checked_spend(X)
        return self.p_ * (self.v_ + count * np.where(count > 0, mean, 0.0)) / (self.p_ * count + self.q_ - 1.0)

    def simulate_relative_spend(
        self, count: ArrayLike, purchases: ArrayLike, random: np.random.Generator
    ) -> np.ndarray:
        """Draws of the total of each customer's future purchases, in units of the customer's scale.

        `purchases`, shape (n_customers, draws), are the numbers of these, and the result has their shape. `count`,
        shape (n_customers,), is the number of purchases that the known mean was taken over, 0 when none is known.
        """
        future, known = np.asarray(purchases, dtype=float), np.asarray(count, dtype=float)[:, None]
        totals = np.zeros(future.shape)
        buys = future > 0
        rate = random.gamma(np.broadcast_to(self.q_ + self.p_ * known, future.shape)[buys])
        totals[buys] = random.gamma(self.p_ * future[buys]) / np.maximum(rate, 1e-12)
        return totals

    def spend_scale(self, X: pd.DataFrame) -> np.ndarray:
        """The unit of `simulate_relative_spend` for each customer: v + count * mean, shape (n_customers,)."""
        check_is_fitted(self)
        count, mean = _checked_spend(X)
        return self.v_ + count * np.where(count > 0, mean, 0.0)

    def with_parameters(self, parameters: ArrayLike) -> Self:
        """The same model with other p, q and v."""
        other = clone(self)
        other.p_, other.q_, other.v_ = map(float, np.asarray(parameters, dtype=float))
        return other

    def drawn(self, random: np.random.Generator) -> Self:
        """The same model with parameters drawn from the law that the fit leaves for them."""
        return self.with_parameters(drawn(self.search_parameters(), self.log_covariance_, random) + _Q_ABOVE_ONE)

    def search_parameters(self) -> np.ndarray:
        """p, q - 1 and v: the positive numbers whose logarithms `log_covariance_` is about."""
        return np.array([self.p_, self.q_, self.v_]) - _Q_ABOVE_ONE


def _checked_spend(X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Purchase counts, 0 where the mean is missing, and means, nan where the count is 0."""
    frequency, mean = checked_column(X, "frequency"), checked_column(X, "monetary_value", may_be_missing=True)
    count = np.where(np.isnan(mean), 0.0, frequency)
    if ((frequency < 0) | (frequency != np.floor(frequency))).any():
        raise ValueError("frequency must be a whole number, 0 or more")
    if (mean[count > 0] <= 0).any():
        raise ValueError("monetary_value must be above 0 where frequency is: leave it missing when it is not known")
    return count, np.where(count > 0, mean, np.nan)


def _log_likelihood_and_gradient(
    parameters: np.ndarray, count: np.ndarray, mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood of each mean, shape (n,), and its gradient in (p, q, v), shape (3, n)."""
    p, q, v = parameters
    total, known, log_sum = count * mean, p * count, np.log(v + count * mean)
    value = (
        by_count(lambda x: special.gammaln(p * x + q) - special.gammaln(p * x), count)
        - special.gammaln(q)
        + q * np.log(v)
        + known * np.log(total)
        - np.log(mean)
        - (known + q) * log_sum
    )
    in_known = by_count(lambda x: special.psi(p * x + q), count)
    in_p = count * (in_known - by_count(lambda x: special.psi(p * x), count) + np.log(total) - log_sum)
    in_q = in_known - special.psi(q) + np.log(v) - log_sum
    return value, np.stack([in_p, in_q, q / v - (known + q) / (v + total)])
