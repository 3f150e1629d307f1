"""Forecasts of a past night beside what happened since. Which forecasts, and how it is known, others say.

Customers come as whole numbers and days as days since 1970: a million of them are compared without a loop.
"""

from dataclasses import dataclass

import numpy as np

from models import metrics


@dataclass(frozen=True)
class Happenings:
    """What customers did, by customer and day: `places` rise, `sums` are the amounts and numbers of rows up to each."""

    places: np.ndarray
    amounts: np.ndarray
    span: int

    @classmethod
    def of(cls, customers: np.ndarray, days: np.ndarray, amounts: np.ndarray) -> "Happenings":
        """From one row per happening, in any order; `customers` are numbers from 0 on, `days` 0 or more.

        Amounts are added up in one order (customer, day, amount), so that their order does not change the sum.
        """
        span = int(days.max(initial=0)) + 2
        order = np.lexsort((amounts, days, customers))
        places = customers[order].astype(np.int64) * span + days[order]
        return cls(places, np.append(0.0, np.cumsum(amounts[order])), span)

    def counted(self, customers: np.ndarray, after: int, until: int) -> np.ndarray:
        """How many happened to each customer on the days (after, until]."""
        first, end = self._within(customers, after, until)
        return end - first

    def added(self, customers: np.ndarray, after: int, until: int) -> np.ndarray:
        """The sum of their amounts."""
        first, end = self._within(customers, after, until)
        return np.where(end > first, self.amounts[end] - self.amounts[first], 0.0)

    def _within(self, customers: np.ndarray, after: int, until: int) -> tuple[np.ndarray, np.ndarray]:
        begin = customers.astype(np.int64) * self.span
        latest = self.span - 1
        first = np.searchsorted(self.places, begin + min(after, latest), side="right")
        return first, np.searchsorted(self.places, begin + min(until, latest), side="right")


def measured(forecast: np.ndarray, outcome: np.ndarray, is_probability: bool) -> dict[str, float]:
    """Metrics of one forecast of everybody, shape (n,) each; those that are undefined are left out.

    `bias` is the relative error of the sum, `bias_error` its standard error were the customers drawn anew: the root of
    the summed squared errors, their mean taken out, over the sum of what happened. `ece` is that of models.metrics.
    """
    found = {
        "mean_forecast": float(forecast.mean()),
        "mean_outcome": float(outcome.mean()),
        "bias": metrics.bias(outcome, forecast),
        "bias_error": _bias_error(forecast, outcome),
    }
    if is_probability:
        found |= {
            "brier": metrics.brier(outcome, forecast),
            "auc": metrics.auc(outcome, forecast),
            "ece": metrics.ece(outcome, forecast),
        }
    else:
        found |= {"mae": metrics.mae(outcome, forecast)}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _bias_error(forecast: np.ndarray, outcome: np.ndarray) -> float:
    errors, total = forecast - outcome, abs(outcome.sum())
    return float(np.sqrt(((errors - errors.mean()) ** 2).sum()) / total) if total > 0 else np.nan
