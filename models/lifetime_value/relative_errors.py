"""How far truths lay from forecasts on windows that are over, and the intervals that follow. Forecasts nothing."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from models.lifetime_value.spread import Spread, calibrated_level

MOST_CELLS = 20
DRAWS = 200
LEAST_OF_A_CELL = 20
LEAST_ROWS = 50
LEAST_OF_A_TIER = 200
FLOOR = 0.02  # of the mean forecast, added to each: who is expected to spend nothing may spend something


@dataclass(frozen=True)
class RelativeErrors:
    """Truth over forecast, by how large the forecast was; and by tier the level at which intervals held their promise.

    Customers are told apart by their forecast over the mean forecast: `edges`, shape (cells - 1,), part up to twenty
    cells, and `ratios`, shape (cells, 200), are each cell's quantiles. Twice the forecast of somebody of whom little is
    expected is common, and rare for the best customers.
    """

    edges: np.ndarray
    ratios: np.ndarray
    levels: dict[str, float]
    level: float

    @classmethod
    def of(cls, windows: list[tuple[np.ndarray, np.ndarray, pd.Series]], nominal: float) -> Self | None:
        """From forecasts, truths and tiers of windows that are over; None when they are too few to tell.

        The level is the one whose intervals held the share `nominal` of these truths (nested split conformal
        prediction; Gupta, Kuchibhotla and Ramdas 2022), for each tier with enough customers and for all others.
        """
        known = [(f, y, tiers) for f, y, tiers in windows if f.sum() > 0]
        if sum(len(f) for f, _, _ in known) < LEAST_ROWS:
            return None
        size = np.concatenate([f / f.mean() for f, _, _ in known])
        truth = np.concatenate([y / f.mean() for f, y, _ in known])
        tier = np.concatenate([np.asarray(tiers, dtype=str) for _, _, tiers in known])
        cells = min(MOST_CELLS, size.size // LEAST_OF_A_CELL)
        edges = np.unique(np.quantile(size, np.linspace(0, 1, cells + 1)[1:-1]))
        cell = np.searchsorted(edges, size, side="right")
        places = (np.arange(DRAWS) + 0.5) / DRAWS
        reach = size + FLOOR
        ratio = np.maximum(truth, 0.0) / reach
        everybody = np.quantile(ratio, places)
        ratios = np.array(
            [np.quantile(ratio[cell == n], places) if (cell == n).any() else everybody for n in range(edges.size + 1)]
        )
        draws = Spread(ratios, cell, reach)
        levels = {
            str(name): calibrated_level(_of(draws, tier == name), size[tier == name], truth[tier == name], nominal)
            for name in np.unique(tier)
            if (tier == name).sum() >= LEAST_OF_A_TIER
        }
        return cls(edges, ratios, levels, calibrated_level(draws, size, truth, nominal))

    def interval(self, forecast: np.ndarray, tiers: pd.Series, mean: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper end for each customer, around the forecast, shape (n,); `mean` is that of all customers."""
        low, high = np.zeros(len(forecast)), np.zeros(len(forecast))
        if not mean > 0:
            return low, high
        tier = np.asarray(tiers, dtype=str)
        cell = np.searchsorted(self.edges, forecast / mean, side="right")
        draws = Spread(self.ratios, cell, forecast + FLOOR * mean)
        for name in np.unique(tier):
            rows = tier == name
            ends = _of(draws, rows).interval(self.levels.get(str(name), self.level), forecast[rows])
            low[rows], high[rows] = ends
        return low, high


def _of(draws: Spread, rows: np.ndarray) -> Spread:
    return Spread(draws.draws, draws.cell[rows], draws.scale[rows])
