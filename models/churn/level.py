"""Foretells what share of customers will leave in the next window. How many, not who: that is the classifier's part."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit

SEASON_TOLERANCE_DAYS = 20


def forecast_level(shares: pd.Series, horizon_days: int) -> float:
    """The churn share of the window that starts `horizon_days` after the newest date of `shares`.

    `shares` holds the share of customers who left, between 0 and 1, by as-of date (a sorted DatetimeIndex). The
    forecast is the mean, in log-odds, of up to three simple ones: as in the newest window, as on average, and as in the
    same season of earlier years. A shop has one or two years of history, too little to learn how much each of them
    deserves; on such samples equal weights are hard to beat (Clemen 1989, Combining forecasts).
    """
    levels = logit(np.clip(shares.to_numpy(dtype=float), 0.01, 0.99))
    target = shares.index[-1] + pd.Timedelta(days=horizon_days)
    days_back = (target - shares.index).days.to_numpy()
    years_back = np.round(days_back / 365.25)
    is_same_season = (years_back >= 1) & (np.abs(days_back - years_back * 365.25) <= SEASON_TOLERANCE_DAYS)
    simple = [levels[-1], levels.mean()]
    if is_same_season.any():
        simple.append(levels[is_same_season].mean())
    return float(expit(np.mean(simple)))
