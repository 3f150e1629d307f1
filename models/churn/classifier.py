"""A churn classifier whose probabilities survive a change of season. Which rows it may learn from others decide."""

from collections.abc import Callable
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from models.churn.ranker import ChurnRanker

EarlierRanker = Callable[[], ChurnRanker]
SLOPE_RANGE = (0.5, 2.0)
FEWEST_ROWS_FOR_A_SLOPE = 500


class ChurnClassifier(ClassifierMixin, BaseEstimator):
    """Who leaves is learned within each as-of date; how many leave is for others to foretell.

    The share of customers who leave moves with the season, far more than what tells them apart. So rows are weighted
    until both classes are equal within every date, the ranker learns from that, and two numbers turn its log-odds s
    into the probability sigmoid(slope * s + intercept). The slope is learned out of time: a ranker of the dates whose
    window had ended by the newest date is tried on the newest date. The intercept brings the mean over the newest
    date's customers to the share of them who left; who foretells the share of a later date asks `probability_at`.

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
    slope_, intercept_ : float
        Of the calibration, in log-odds.
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
    ) -> Self:
        """Learn from X of shape (n_rows, n_features), who left, and the as-of date of each row (one date when None).

        `earlier` gives the `ranker_` of a classifier that learned from the rows whose window had ended by the newest
        date, when there is one: it need not be learned again for the slope, which is the last to be found. Missing
        values are allowed in X. Every window must have ended by the day from which one wants to look ahead; which rows
        those are is for the caller to know. Raises ValueError unless y has exactly two classes.
        """
        checked: tuple[np.ndarray, np.ndarray] = validate_data(
            self, X, y, dtype=np.float64, ensure_all_finite="allow-nan"
        )
        X, (self.classes_, truth) = checked[0], self._two_classes(checked[1])
        days = pd.to_datetime(pd.Series(np.zeros(len(truth)) if dates is None else np.asarray(dates)))
        newest = (days == days.max()).to_numpy()
        self.ranker_ = self._ranker().fit(X, truth, _weights_that_level(truth, days))
        self.slope_ = self._out_of_time_slope(X, truth, days, newest, earlier)
        self.level_ = float(np.clip(truth[newest].mean(), 0.01, 0.99))
        self.intercept_ = intercept_for(self.slope_ * self.ranker_.decision_function(X[newest]), self.level_)
        return self

    def probability_at(self, X: ArrayLike, level: float) -> np.ndarray:
        """Probabilities of leaving of the rows of one date, their mean the share that is foretold for it."""
        if not len(np.asarray(X)):
            return np.empty(0)
        log_odds = self.decision_function(X)
        return expit(log_odds + intercept_for(log_odds, float(np.clip(level, 0.01, 0.99))))

    def decision_function(self, X: ArrayLike) -> np.ndarray:
        """Calibrated log-odds of leaving, one per row."""
        check_is_fitted(self)
        checked: np.ndarray = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return self.slope_ * self.ranker_.decision_function(checked) + self.intercept_

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

    def _out_of_time_slope(
        self, X: np.ndarray, truth: np.ndarray, days: pd.Series, newest: np.ndarray, given: EarlierRanker | None
    ) -> float:
        earlier = (days + pd.Timedelta(days=self.horizon_days) <= days.max()).to_numpy()
        is_enough = min(earlier.sum(), newest.sum()) >= FEWEST_ROWS_FOR_A_SLOPE
        if not is_enough or np.unique(truth[earlier]).size < 2 or np.unique(truth[newest]).size < 2:
            return 1.0
        if given is None:
            ranker = self._ranker().fit(X[earlier], truth[earlier], _weights_that_level(truth[earlier], days[earlier]))
        else:
            ranker = given()
        score = ranker.decision_function(X[newest]).reshape(-1, 1)
        slope = LogisticRegression(C=100.0).fit(score, truth[newest]).coef_[0, 0]
        return float(np.clip(slope, *SLOPE_RANGE))


def _weights_that_level(truth: np.ndarray, days: pd.Series) -> np.ndarray:
    """Weights under which half of every date's customers left, and every date keeps its number of rows."""
    share = pd.Series(truth).groupby(days.to_numpy()).transform("mean").to_numpy()
    of_own_class = np.where(truth == 1, share, 1 - share)
    return np.where((share > 0) & (share < 1), 0.5 / of_own_class, 1.0)


def intercept_for(log_odds: np.ndarray, level: float) -> float:
    """What must be added to the log-odds for the mean probability to be `level`."""
    reach = float(np.abs(log_odds).max()) + 40.0
    return float(brentq(lambda shift: expit(log_odds + shift).mean() - level, -reach, reach))
