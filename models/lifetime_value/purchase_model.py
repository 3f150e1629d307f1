"""What every model of purchases and silent dropout shares: fitting, and what is asked of a fitted one. No formula."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from models.lifetime_value.histories import HISTORY_COLUMNS, Histories, checked_histories, distinct_histories
from models.lifetime_value.maximum_likelihood import drawn, maximise, summed_over_rows

_SAMPLE = 16_000  # customers on whom a large shop's search begins


class PurchaseModel(BaseEstimator, ABC):
    """Base of models in which a customer buys at random while alive and leaves without saying so.

    Besides its parameters a fitted model holds `log_covariance_`, shape (k, k): how well the data determine the
    logarithms of the parameters. `looseness_` says why they do not, and is empty when they do.

    Not checked with `parametrize_with_checks`: X is a frame with named columns of different meaning, not a matrix.
    """

    _names: tuple[str, ...]
    _is_time: tuple[bool, ...]

    def fit(self, X: pd.DataFrame, sample_weight: ArrayLike | None = None) -> Self:
        """Find the parameters of highest likelihood.

        Parameters
        ----------
        X : DataFrame of shape (n_customers, at least 3)
            `frequency`: repeat purchases, a whole number. `recency`: time from first to last purchase.
            `T`: time from first purchase to now. Any unit of time, the same for both.
        sample_weight : array of shape (n_customers,), optional
            How many customers a row stands for.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            When a column is missing or impossible, nobody bought twice, or all histories are the same.
        """
        histories = distinct_histories(X, sample_weight)
        scaled, unit = histories.per_mean_age()
        sample = partial(self._mean, scaled.sample(_SAMPLE)) if scaled.weight.size > 2 * _SAMPLE else None
        optimum = maximise(partial(self._mean, scaled), self._starts(scaled), self._names, sample)
        scale = np.where(self._is_time, unit, 1.0)
        for name, value in zip(self._names, optimum.parameters * scale, strict=True):
            setattr(self, f"{name}_", float(value))
        customer_count = scaled.weight.sum()
        errors = optimum.standard_errors(customer_count) * scale
        self.standard_errors_ = dict(zip(self._names, map(float, errors), strict=True))
        self.log_covariance_ = optimum.log_covariance(customer_count)
        self.looseness_ = optimum.looseness
        change_of_unit = scaled.weight @ scaled.frequency * np.log(unit)
        self.log_likelihood_ = float(optimum.value * customer_count - change_of_unit)
        self.feature_names_in_ = np.array(HISTORY_COLUMNS, dtype=object)
        self.n_features_in_ = len(HISTORY_COLUMNS)
        return self

    def predict_purchases(self, X: pd.DataFrame, t: ArrayLike) -> np.ndarray:
        """Expected purchases of each customer in (T, T + t], shape (n_customers,); t >= 0 in the unit of `T`."""
        return self.predict_purchases_by(X, [t])[0]

    def predict_purchases_by(self, X: pd.DataFrame, times: Sequence[ArrayLike]) -> np.ndarray:
        """`predict_purchases` of several times, shape (times, n_customers); who is alive is asked once."""
        frequency, recency, age = self._checked(X)
        alive = self._alive(frequency, recency, age)
        horizons = [_checked_horizon(t, len(X)) for t in times]
        return np.stack([alive * self._purchases_if_alive(frequency, age, horizon) for horizon in horizons])

    def predict_alive(self, X: pd.DataFrame) -> np.ndarray:
        """Probability that each customer has not left by T, shape (n_customers,)."""
        return self._alive(*self._checked(X))

    def predict_no_purchase(self, X: pd.DataFrame, t: ArrayLike) -> np.ndarray:
        """Probability that each customer buys nothing in (T, T + t], shape (n_customers,).

        Exact: the likelihood of the same purchases seen until T + t, over their likelihood seen until T.
        """
        frequency, recency, age = self._checked(X)
        later = age + _checked_horizon(t, len(X))
        change = self._log_likelihood(frequency, recency, later) - self._log_likelihood(frequency, recency, age)
        return np.exp(np.minimum(change, 0.0))

    def expected_purchases(self, t: ArrayLike) -> np.ndarray:
        """Expected repeat purchases of a new customer in the time t after the first purchase, in the shape of t."""
        check_is_fitted(self)
        times = np.asarray(t, dtype=float)
        horizon = _checked_horizon(times.ravel(), times.size)
        nothing = np.zeros(times.size)
        return self._purchases_if_alive(nothing, nothing, horizon).reshape(times.shape)

    def simulate_purchases(
        self, X: pd.DataFrame, t: ArrayLike, random: np.random.Generator, draws: int = 1, pace: ArrayLike = 1.0
    ) -> np.ndarray:
        """Draws of the purchases of each customer in (T, T + t] given the history, shape (n_customers, draws).

        `pace` multiplies the rate of buying in that time, one number or one for each customer (a season).
        """
        frequency, recency, age = self._checked(X)
        horizon, rate = _checked_horizon(t, len(X)), np.broadcast_to(np.asarray(pace, dtype=float), len(X))
        count, old, until, fast = frequency[:, None], age[:, None], horizon[:, None], rate[:, None]
        counts = self._simulated_if_alive(count, old, until, fast, draws, random)
        is_alive = random.random((len(X), draws)) < self._alive(frequency, recency, age)[:, None]
        return np.where(is_alive, counts, 0)

    def with_parameters(self, parameters: ArrayLike) -> Self:
        """The same kind of model with other parameters, in the order of their names."""
        other = clone(self)
        for name, value in zip(self._names, np.asarray(parameters, dtype=float), strict=True):
            setattr(other, f"{name}_", float(value))
        return other

    def drawn(self, random: np.random.Generator) -> Self:
        """The same kind of model with parameters drawn from the law that the fit leaves for them."""
        check_is_fitted(self)
        return self.with_parameters(drawn(self._parameters(), self.log_covariance_, random))

    def _checked(self, X: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        check_is_fitted(self)
        return checked_histories(X)

    def _parameters(self) -> np.ndarray:
        return np.array([getattr(self, f"{name}_") for name in self._names])

    def _log_likelihood(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        return self._log_likelihood_and_gradient(self._parameters(), frequency, recency, age)[0]

    def _mean(self, histories: Histories, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        columns = (histories.frequency, histories.recency, histories.age)
        share = histories.weight / histories.weight.sum()
        return summed_over_rows(partial(self._log_likelihood_and_gradient, parameters), share, *columns)

    @abstractmethod
    def _starts(self, histories: Histories) -> list[np.ndarray]:
        """Points to search from, best guess first."""

    @abstractmethod
    def _log_likelihood_and_gradient(
        self, parameters: np.ndarray, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Log-likelihood of each history, shape (n,), and its gradient in the parameters, shape (k, n)."""

    @abstractmethod
    def _alive(self, frequency: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        """Probability of being alive at the end of each history."""

    @abstractmethod
    def _purchases_if_alive(self, frequency: np.ndarray, age: np.ndarray, horizon: np.ndarray) -> np.ndarray:
        """Expected purchases within the horizon of customers known to be alive at the end of their history."""

    @abstractmethod
    def _simulated_if_alive(
        self,
        frequency: np.ndarray,
        age: np.ndarray,
        t: np.ndarray,
        pace: np.ndarray,
        draws: int,
        random: np.random.Generator,
    ) -> np.ndarray:
        """Draws, shape (n, draws), of the purchases within t of customers known to be alive; columns (n, 1) come in."""


def _checked_horizon(t: ArrayLike, row_count: int) -> np.ndarray:
    horizon = np.asarray(t, dtype=float)
    if horizon.shape not in ((), (row_count,)) or not np.isfinite(horizon).all() or (horizon < 0).any():
        raise ValueError(f"t must be one finite time of 0 or more, or {row_count} of them")
    return np.broadcast_to(horizon, (row_count,))
