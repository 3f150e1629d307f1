"""A churn classifier whose probabilities survive a change of season. Which rows it may learn from others decide."""

from collections.abc import Callable
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from models.churn.ranker import ChurnRanker
from models.log_odds import intercept_for

EarlierRanker = Callable[[], ChurnRanker]
# of trees, line and what is foretold beside: where nothing tells them otherwise, and how firmly that is believed
PRIOR_WEIGHTS = np.array([0.5, 0.5, 0.0])
PRIOR_STRENGTH = 0.03
FEWEST_ROWS_FOR_WEIGHTS = 500


class ChurnClassifier(ClassifierMixin, BaseEstimator):
    """Who leaves is learned within each as-of date; how many leave is for others to foretell.

    The share of customers who leave moves with the season, far more than what tells them apart. So rows are weighted
    until both classes are equal within every date, the ranker learns from that, and its log-odds s (of trees, of a
    line, and of what somebody foretells `beside`) become the probability sigmoid(s @ weights + intercept). The weights,
    none below zero, are learned out of time: a ranker of the dates whose window had ended by the newest date is tried
    on the newest date. They calm what was too sure of itself and sort out who knows most; they are drawn towards
    PRIOR_WEIGHTS. The intercept brings the mean over the newest date's customers to the share of them who left; who
    foretells the share of a later date asks `intercept_at`.

    Inputs should look alike at every date, such as ranks among the customers of the date (`relative_inputs`).

    Parameters
    ----------
    horizon_days : int
        Length of the window in which somebody stays away or not.
    ranker : ChurnRanker, optional
        What orders the customers; cloned, never fitted itself.

    Attributes
    ----------
    classes_ : array of shape (2,)
        The second one means "left".
    level_ : float
        Share of the newest date's customers who left.
    weights_ : array of shape (3,)
        Of the log-odds of trees, line and what is foretold beside.
    intercept_ : float
        What is added to their weighted sum.
    ranker_ : ChurnRanker
        The one that learned from all dates.

    Examples
    --------
    >>> import numpy as np
    >>> from models.churn.classifier import ChurnClassifier
    >>> from models.churn.ranker import ChurnRanker
    >>> X = np.linspace(0, 1, 200).reshape(-1, 1)
    >>> y = (np.arange(200) % 10 < X[:, 0] * 10).astype(int)
    >>> ChurnClassifier(ranker=ChurnRanker(random_state=0)).fit(X, y).predict(X[[0, -1]]).tolist()
    [0, 1]
    """

    def __init__(self, horizon_days: int = 90, ranker: ChurnRanker | None = None):
        self.horizon_days = horizon_days
        self.ranker = ranker

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        dates: ArrayLike | None = None,
        earlier: EarlierRanker | None = None,
        beside: ArrayLike | None = None,
    ) -> Self:
        """Learn from X of shape (n_rows, n_features), who left, and the as-of date of each row (one date when None).

        `earlier` gives the `ranker_` of a classifier that learned from the rows whose window had ended by the newest
        date, when there is one: it need not be learned again for the weights, which are the last to be found. `beside`
        are log-odds of leaving by another forecast, shape (n_rows,). Missing values are allowed in X. Every window must
        have ended by the day from which one wants to look ahead; which rows those are is for the caller to know. Raises
        ValueError unless y has exactly two classes.
        """
        checked: tuple[np.ndarray, np.ndarray] = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        X, (self.classes_, truth) = checked[0], self._two_classes(checked[1])
        days = pd.to_datetime(pd.Series(np.zeros(len(truth)) if dates is None else np.asarray(dates)))
        newest = (days == days.max()).to_numpy()
        others = None if beside is None else np.asarray(beside, dtype=float)
        self.ranker_ = self._ranker().fit(X, truth, weights_that_level(truth, days))
        self.weights_ = self._out_of_time_weights(X, truth, days, newest, earlier, others)
        self.level_ = float(np.clip(truth[newest].mean(), 0.01, 0.99))
        of_newest = _with(self.ranker_.log_odds(X[newest]), None if others is None else others[newest])
        self.intercept_ = intercept_for(of_newest @ self.weights_, self.level_)
        return self

    def intercept_at(self, log_odds: np.ndarray, level: float) -> float:
        """What brings the mean probability of the customers of a date to the share that is foretold for it."""
        return intercept_for(log_odds, float(np.clip(level, 0.01, 0.99)))

    def probability_at(self, X: ArrayLike, level: float, beside: ArrayLike | None = None) -> np.ndarray:
        """Probabilities of leaving of the rows of one date, their mean the share that is foretold for it."""
        if not len(np.asarray(X)):
            return np.empty(0)
        log_odds = self.decision_function(X, beside)
        return expit(log_odds + self.intercept_at(log_odds, level))

    def decision_function(self, X: ArrayLike, beside: ArrayLike | None = None) -> np.ndarray:
        """Calibrated log-odds of leaving, one per row."""
        check_is_fitted(self)
        checked: np.ndarray = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        others = None if beside is None else np.asarray(beside, dtype=float)
        return _with(self.ranker_.log_odds(checked), others) @ self.weights_ + self.intercept_

    def shares(self, groups: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """What tells of X how much each group of features adds to the log-odds, beside a number that all rows share.

        `groups` has the group of each feature; told is an array of shape (n_rows, number of groups). What is foretold
        `beside` adds `weights_[2]` times its own log-odds.
        """
        return self.ranker_.shares(self.weights_[:2], groups)

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Probabilities of staying and of leaving, shape (n_rows, 2)."""
        probability = expit(self.decision_function(X))
        return np.column_stack([1 - probability, probability])

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The likelier class of each row."""
        log_odds = self.decision_function(X)
        return self.classes_[(log_odds > 0).astype(int)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags

    def _ranker(self) -> ChurnRanker:
        return ChurnRanker() if self.ranker is None else clone(self.ranker)

    @staticmethod
    def _two_classes(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        if kind != "binary":
            raise ValueError(f"Only binary classification is supported. The type of the target is {kind}.")
        classes, truth = np.unique(y, return_inverse=True)
        if classes.size < 2:
            raise ValueError("There is only one class to learn from: somebody must have left and somebody stayed.")
        return classes, truth

    def _out_of_time_weights(
        self,
        X: np.ndarray,
        truth: np.ndarray,
        days: pd.Series,
        newest: np.ndarray,
        given: EarlierRanker | None,
        beside: np.ndarray | None,
    ) -> np.ndarray:
        earlier = (days + pd.Timedelta(days=self.horizon_days) <= days.max()).to_numpy()
        is_enough = min(earlier.sum(), newest.sum()) >= FEWEST_ROWS_FOR_WEIGHTS
        if not is_enough or np.unique(truth[earlier]).size < 2 or np.unique(truth[newest]).size < 2:
            return PRIOR_WEIGHTS
        if given is None:
            ranker = self._ranker().fit(X[earlier], truth[earlier], weights_that_level(truth[earlier], days[earlier]))
        else:
            ranker = given()
        return weights_for(_with(ranker.log_odds(X[newest]), None if beside is None else beside[newest]), truth[newest])


def weights_that_level(truth: np.ndarray, days: pd.Series) -> np.ndarray:
    """Weights under which half of every date's customers left, and every date keeps its number of rows."""
    share = pd.Series(truth).groupby(days.to_numpy()).transform("mean").to_numpy()
    of_own_class = np.where(truth == 1, share, 1 - share)
    return np.where((share > 0) & (share < 1), 0.5 / of_own_class, 1.0)


def weights_for(log_odds: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """The weights of the forecasts, none below zero, that had the least mean log loss on later customers.

    `log_odds` has shape (n, 3). The distance from PRIOR_WEIGHTS costs PRIOR_STRENGTH times its square. The level of the
    later customers is no matter: an intercept takes it away.
    """
    centred = np.column_stack([log_odds - log_odds.mean(axis=0), np.ones(len(log_odds))])

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        sums, distance = centred @ parameters, np.append(parameters[:3] - PRIOR_WEIGHTS, 0.0)
        gradient = centred.T @ (expit(sums) - truth) / len(truth) + 2 * PRIOR_STRENGTH * distance
        return float((np.logaddexp(0, sums) - truth * sums).mean() + PRIOR_STRENGTH * distance @ distance), gradient

    bounds = [(0.0, None)] * 3 + [(None, None)]
    found = minimize(loss, np.append(PRIOR_WEIGHTS, 0.0), jac=True, method="L-BFGS-B", bounds=bounds)
    return found.x[:3]


def _with(log_odds: np.ndarray, beside: np.ndarray | None) -> np.ndarray:
    return np.column_stack([log_odds, np.zeros(len(log_odds)) if beside is None else beside])
