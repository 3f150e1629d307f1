"""How well a forecast or a ranking met the truth: (y_true, y_pred) -> float. No models and no choice of metric here."""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats
from sklearn import metrics


def bias(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Relative error of the sum: sum(y_pred) / sum(y_true) - 1, so -0.1 is ten per cent too little; nan of nothing."""
    truth, forecast = _pair(y_true, y_pred)
    return float(forecast.sum() / truth.sum() - 1.0) if truth.sum() != 0 else math.nan


def mae(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean absolute error, in the unit of the target."""
    truth, forecast = _pair(y_true, y_pred)
    return float(np.abs(truth - forecast).mean())


def rmse(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Root of the mean squared error, in the unit of the target."""
    truth, forecast = _pair(y_true, y_pred)
    return math.sqrt(((truth - forecast) ** 2).mean())


def correlation(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Pearson's correlation; nan when either side is constant."""
    truth, forecast = _pair(y_true, y_pred)
    if np.ptp(truth) == 0 or np.ptp(forecast) == 0:
        return math.nan
    return float(np.corrcoef(truth, forecast)[0, 1])


def spearman(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Correlation of the ranks, ties sharing their mean rank; nan when either side is constant."""
    truth, forecast = _pair(y_true, y_pred)
    return correlation(stats.rankdata(truth), stats.rankdata(forecast))


def normalised_gini(y_true: ArrayLike, y_score: ArrayLike) -> float:
    """Gini of the truth ordered by the score, over the Gini of the truth ordered by itself.

    1 is the perfect order, 0 is chance; for a binary truth it equals 2 * AUC - 1. Customers with equal scores count
    with their mean rank, which is exactly the mean over all random tie-breaks (the Gini is linear in the ranks): no
    draw, no random state. nan when the truth is constant.
    """
    truth, score = _pair(y_true, y_score)
    if np.ptp(truth) == 0:
        return math.nan
    centre = (truth.size + 1) / 2
    achieved = truth @ (stats.rankdata(score) - centre)
    return float(achieved / (truth @ (stats.rankdata(truth) - centre)))


def tweedie_deviance(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """Mean Tweedie deviance of power 1.5, in the square root of the unit; 0 is perfect.

    For amounts of which many are nothing and few are large: lowest in the mean for the true expectation, as the
    squared error is, but not decided by the largest customer. Truths below 0 count as 0, forecasts below a millionth of
    the mean truth as that.
    """
    truth, forecast = _pair(y_true, y_pred)
    truth = np.maximum(truth, 0.0)
    forecast = np.maximum(forecast, 1e-6 * max(truth.mean(), 1e-12))
    root = np.sqrt(forecast)
    # what the formula of any power comes to at 1.5
    return float((4.0 * (np.sqrt(truth) - root) ** 2 / root).mean())


def auc(y_true: ArrayLike, y_score: ArrayLike) -> float:
    """Chance that a random positive outranks a random negative, ties half; nan when only one class is there."""
    truth, score = _pair(y_true, y_score)
    if not _has_both_classes(truth):
        return math.nan
    is_positive = truth == truth.max()
    count = np.count_nonzero(is_positive)
    below = stats.rankdata(score)[is_positive].sum() - count * (count + 1) / 2
    return float(below / (count * (truth.size - count)))


def average_precision(y_true: ArrayLike, y_score: ArrayLike) -> float:
    """Precision averaged over the positives in score order; nan when only one class is there."""
    truth, score = _pair(y_true, y_score)
    return float(metrics.average_precision_score(truth, score)) if _has_both_classes(truth) else math.nan


def brier(y_true: ArrayLike, y_probability: ArrayLike) -> float:
    """Mean squared error of a probability of the positive class."""
    truth, probability = _pair(y_true, y_probability)
    return float(((truth - probability) ** 2).mean())


def log_loss(y_true: ArrayLike, y_probability: ArrayLike) -> float:
    """Mean negative log-likelihood (natural logarithm) of a probability of the positive class."""
    truth, probability = _pair(y_true, y_probability)
    of_what_came = np.where(truth == 1, probability, 1.0 - probability)
    return float(-np.log(np.maximum(of_what_came, np.finfo(float).eps)).mean())


def accuracy(y_true: ArrayLike, y_probability: ArrayLike, threshold: float = 0.5) -> float:
    """Share of rows on the right side of the threshold; at the threshold itself counts as positive."""
    truth, probability = _pair(y_true, y_probability)
    return float(metrics.accuracy_score(truth, (probability >= threshold).astype(float)))


def ece(y_true: ArrayLike, y_probability: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error: by bins of equal size in the order of the forecast, the mean distance of the mean
    forecast from the share that came, weighted by rows (Naeini, Cooper and Hauskrecht 2015).
    """
    truth, probability = _pair(y_true, y_probability)
    parts = reliability_bins(probability, bins)
    counts = np.bincount(parts, minlength=bins)
    gaps = np.abs(np.bincount(parts, probability - truth, minlength=bins))
    return float(gaps.sum() / counts.sum())


def reliability_bins(y_probability: ArrayLike, bins: int = 10) -> np.ndarray:
    """The bin of each row, 0 to bins - 1, of equal size in the order of the forecast; equal forecasts share one."""
    ranks = stats.rankdata(np.asarray(y_probability, dtype=float), method="min") - 1
    return (ranks * bins // max(len(ranks), 1)).astype(int)


def _pair(y_true: ArrayLike, y_pred: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    truth, forecast = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if truth.ndim != 1 or truth.shape != forecast.shape:
        raise ValueError(f"truth and forecast need one value per row, got shapes {truth.shape} and {forecast.shape}")
    if truth.size == 0:
        raise ValueError("nothing to measure: no row")
    if not (np.isfinite(truth).all() and np.isfinite(forecast).all()):
        raise ValueError("truth and forecast must be finite: fill or drop missing values first")
    return truth, forecast


def _has_both_classes(truth: np.ndarray) -> bool:
    return bool(np.ptp(truth) > 0)
