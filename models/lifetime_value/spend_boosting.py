"""The supervised rival of the purchase models: boosted trees on features. It knows no dates and chooses no rows."""

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.utils.validation import check_is_fitted

from models.boosted_trees import BoostedTrees, in_blocks, telling_columns
from models.one_thread import on_one_thread

LEAST_OF_EITHER = 50  # customers who spent, and who did not, below which nothing is learned
SPREAD_POINTS = 400


class SpendBoosting(BoostedTrees):
    """Two-part model: the chance of spending anything, times the amount when something is spent.

    Both parts are HistGradientBoosting. The second one learns the logarithm of the amount over a base amount that
    each customer brings along (the past year's pace), because trees cannot forecast beyond what they have seen and
    the few customers who are most of the sales lie there. Back from logarithms by smearing: the forecast of all who
    spent equals what they spent.

    Parameters are those of HistGradientBoosting. Missing values are allowed; a column without two different values is
    left out. Not checked with `parametrize_with_checks`: fit takes the base amounts as a third argument.

    Attributes
    ----------
    used_ : array of bool, shape (n_features,)
        Columns that were learned from.
    relative_amounts_ : array of shape (400,)
        Quantiles of amount over forecast amount among those who spent, mean 1: how far one customer's amount strays.

    References
    ----------
    Duan (1983), Smearing Estimate: A Nonparametric Retransformation Method, JASA 78(383).

    Examples
    --------
    >>> import numpy as np
    >>> from models.lifetime_value.spend_boosting import SpendBoosting
    >>> X = np.arange(600.0)[:, None] % 2
    >>> amount = np.where(np.arange(600) % 3 > 0, 10.0 + 90.0 * X[:, 0], 0.0)
    >>> model = SpendBoosting().fit(X, amount, np.full(600, 20.0))
    >>> chance, spent = model.predict_chance([[0.0], [1.0]]), model.predict_amount([[0.0], [1.0]], [20.0, 20.0])
    >>> chance.round(1).tolist(), spent.round(0).tolist()
    ([0.7, 0.7], [10.0, 100.0])
    """

    @on_one_thread
    def fit(self, X: ArrayLike, amount: ArrayLike, base: ArrayLike) -> Self:
        """Learn from X of shape (n_rows, n_features), amounts of 0 or more, and base amounts above 0.

        ValueError when fewer than 50 rows spent something or fewer than 50 spent nothing.
        """
        X, amount, base = (np.asarray(part, dtype=float) for part in (X, amount, base))
        has_spent = amount > 0
        if min(has_spent.sum(), (~has_spent).sum()) < LEAST_OF_EITHER:
            raise ValueError(f"fewer than {LEAST_OF_EITHER} customers spent something, or nothing, in the past windows")
        self.used_ = telling_columns(X)
        if not self.used_.any():
            raise ValueError("no feature differs between customers")
        used = X[:, self.used_]
        self.chance_ = self._trees(HistGradientBoostingClassifier).fit(used, has_spent)
        self.ratio_ = self._trees(HistGradientBoostingRegressor).fit(
            used[has_spent], np.log(amount[has_spent] / base[has_spent])
        )
        forecast = base[has_spent] * np.exp(self.ratio_.predict(used[has_spent]))
        self.smearing_ = float(amount[has_spent].sum() / forecast.sum())
        relative = amount[has_spent] / forecast
        middles = (np.arange(SPREAD_POINTS) + 0.5) / SPREAD_POINTS
        self.relative_amounts_ = np.quantile(relative, middles) / np.quantile(relative, middles).mean()
        self.n_features_in_ = X.shape[1]
        return self

    def predict_chance(self, X: ArrayLike) -> np.ndarray:
        """Chance of spending anything, shape (n_rows,)."""
        check_is_fitted(self)
        return in_blocks(self.chance_.predict_proba, np.asarray(X, dtype=float), self.used_)[:, 1]

    def predict_amount(self, X: ArrayLike, base: ArrayLike) -> np.ndarray:
        """Expected amount of those who spend anything, shape (n_rows,)."""
        check_is_fitted(self)
        ratio = in_blocks(self.ratio_.predict, np.asarray(X, dtype=float), self.used_)
        return np.asarray(base, dtype=float) * np.exp(ratio) * self.smearing_

    def draws_by_chance(self, chance: ArrayLike) -> np.ndarray:
        """Quantiles of the money over the amount expected if any, shape (n, 400): 0 up to 1 - chance, then amounts."""
        middles = (np.arange(SPREAD_POINTS) + 0.5) / SPREAD_POINTS
        nothing = 1.0 - np.asarray(chance, dtype=float)[:, None]
        above = (middles[None, :] - nothing) / np.maximum(1.0 - nothing, 1e-9)
        return np.where(above > 0, np.interp(above, middles, self.relative_amounts_), 0.0)
