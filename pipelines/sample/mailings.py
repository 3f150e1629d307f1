"""Who gets a series of messages in which month, and whom it drives away. The messages themselves are campaigns.py's."""

import numpy as np

from pipelines.sample.lots import lot
from pipelines.sample.parameters import Parameters

SERIES_DAYS = 30  # series keep to months of this length, counted from the start of the window
IN_SERIES, DRIVES_AWAY, WHEN = range(3)


def in_series(lots: np.ndarray, month: int, shop: Parameters) -> np.ndarray:
    """Who is sent a series in this month."""
    return lot(lots, 3 * month + IN_SERIES) < shop.series_a_year * SERIES_DAYS / 365


def driven_away(lots: np.ndarray, minds_mail: np.ndarray, first: np.ndarray, days: int, shop: Parameters) -> np.ndarray:
    """When each person has had enough of it after the `first` purchase (positions); nan where not before `days`.

    That is on the last day of a series. It follows from the person's lots alone, so that a shop that goes on finds it.
    """
    leaves = np.full(len(lots), np.nan)
    for month in range(-(-days // SERIES_DAYS)):
        at = SERIES_DAYS * (month + 1) - lot(lots, 3 * month + WHEN)
        is_tired = minds_mail & (lot(lots, 3 * month + DRIVES_AWAY) < shop.series_drives_away)
        is_tired &= in_series(lots, month, shop) & np.isnan(leaves) & (first < at) & (at < days)
        leaves[is_tired] = at[is_tired]
    return leaves
