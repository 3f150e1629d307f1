"""Log-odds of chances. It knows no customers."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit


def intercept_for(log_odds: np.ndarray, level: float) -> float:
    """What must be added to the log-odds for the mean probability to be `level`, which lies within (0, 1)."""
    reach = float(np.abs(log_odds).max()) + 40.0
    return float(brentq(lambda shift: expit(log_odds + shift).mean() - level, -reach, reach))
