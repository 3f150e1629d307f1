"""Log-odds of chances. It knows no customers."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit


def halfway(one: np.ndarray, other: np.ndarray, least: float) -> np.ndarray:
    """The mean of two chances' log-odds, shape (n,); neither is taken as nearer to 0 or 1 than `least`."""
    return (logit(np.clip(one, least, 1.0 - least)) + logit(np.clip(other, least, 1.0 - least))) / 2.0


def intercept_for(log_odds: np.ndarray, level: float) -> float:
    """What must be added to the log-odds for the mean probability to be `level`, which lies within (0, 1)."""
    reach = float(np.abs(log_odds).max()) + 40.0
    return float(brentq(lambda shift: expit(log_odds + shift).mean() - level, -reach, reach))
