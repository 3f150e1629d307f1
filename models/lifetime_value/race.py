"""Chooses, for one horizon, what is published: on windows that are over, as it would have been published there."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from models.lifetime_value.blend import Blend
from models.lifetime_value.relative_errors import RelativeErrors
from models.lifetime_value.rules import LAST_YEAR
from models.lifetime_value.windows import Window

BLEND = "blend"
INTERVAL_LEVEL = 0.8
LEAST_LEAD = 0.02  # of the blend's loss that a single candidate must be below it to be published alone
DOUBT_WINDOWS = 2.0  # windows of no error that the mean error of the total is drawn towards


@dataclass(frozen=True)
class Tiers:
    """Net sales of twelve months at which the tiers begin that intervals and metrics are split by."""

    senior_from: float
    vip_above: float

    def of(self, customers: pd.DataFrame) -> pd.Series:
        """The value tier of each customer at its date: vip above, senior from, regular."""
        sales = customers["net_sales_12m"]
        tier = np.select([sales > self.vip_above, sales >= self.senior_from], ["vip", "senior"], default="regular")
        return pd.Series(tier, index=customers.index)


@dataclass(frozen=True)
class Plan:
    """How the forecast of one horizon is made.

    `method` names a candidate or the blend; `ranking` all that were judged, from the best on, with their losses.
    `learned_days` is the length of the windows that it was chosen on, the horizon's own where such windows are over.
    `correction` is what the purchase process's total is multiplied by. `errors` are None where no window is over.
    """

    days: int
    learned_days: int
    method: str
    blend: Blend
    correction: float = 1.0
    errors: RelativeErrors | None = None
    ranking: dict[str, float] = field(default_factory=dict)

    @property
    def challenger(self) -> str | None:
        """The next best that was judged; None when nothing was."""
        return next((name for name in self.ranking if name != self.method), None)

    def values(self, name: str, amounts: pd.DataFrame, mean: float, means: pd.Series | None = None) -> np.ndarray:
        """Money by a candidate or the blend, `mean` of all together before its correction, shape (n,).

        Whoever tells customers apart best need not know how much all will spend: a boosting that learned from windows
        after Christmas does not. The mean is the purchase process's, with the season. `means` are the candidates' over
        all customers, where `amounts` are of some.
        """
        blend = self.blend if name == BLEND else Blend.before_any_window([name])
        return blend.of(amounts, means) * (mean * self.correction)


def first_plan(days: int, available: Sequence[str]) -> Plan:
    """The plan of a shop without a window that is over: the leading candidate and the last year, half and half."""
    names = list(dict.fromkeys([available[0], *(name for name in available if name == LAST_YEAR)]))
    return Plan(days, days, BLEND if len(names) > 1 else names[0], Blend.before_any_window(names))


def plan_of(days: int, windows: list[Window], available: Sequence[str], tiers: Tiers) -> Plan:
    """The plan that these windows (newest first, of one length) speak for, of candidates that are `available` now.

    Each candidate is judged by the numbers that it would have published in each window, its total included; the blend
    by weights of the windows before it, or, in the oldest, by weights that the other half of the customers gave. One of
    them is published alone when its absolute error was less than the blend's by 2 % (of a few windows, the best of
    many candidates seems better than it is) and its Tweedie deviance less too: the absolute error alone likes a rule
    that gives most customers nothing, which is no expectation. One window makes nobody the winner: what was published
    alone for its sake would have been tested nowhere.
    """
    if not windows:
        return first_plan(days, available)
    names = list(available)
    amounts = [completed(window.amounts, names) for window in windows]
    truths = [window.truth for window in windows]
    blend = Blend.learned(list(zip(amounts, truths, strict=True)), names)
    plan = Plan(days, windows[0].days, BLEND, blend)
    means = [window.mean * correction(windows[place + 1 :]) for place, window in enumerate(windows)]
    foretold = {
        name: [plan.values(name, told, mean) for told, mean in zip(amounts, means, strict=True)] for name in names
    }
    foretold[BLEND] = [_blended(amounts[place:], truths[place:], names) * mean for place, mean in enumerate(means)]
    losses = {name: _mean([window.loss(it) for window, it in told]) for name, told in _beside(windows, foretold)}
    strays = {name: _mean([window.deviance(it) for window, it in told]) for name, told in _beside(windows, foretold)}
    ranking = {name: losses[name] for name in sorted(losses, key=lambda name: (losses[name], name != BLEND))}
    leads = [name for name in ranking if losses[name] < losses[BLEND] * (1 - LEAST_LEAD) and len(windows) > 1]
    method = next((name for name in leads if strays[name] < strays[BLEND]), BLEND)
    told = [
        (plan.values(method, each, mean), window.truth, tiers.of(window.known))
        for each, mean, window in zip(amounts, means, windows, strict=True)
    ]
    errors = RelativeErrors.of(told, INTERVAL_LEVEL)
    return replace(plan, method=method, correction=correction(windows), errors=errors, ranking=ranking)


def correction(windows: list[Window]) -> float:
    """What the total is multiplied by: the mean factor that it was off by in these windows (newest first), doubted.

    1 with fewer than two windows, and where it would have made the totals of those windows worse that have others
    before them.
    """
    errors = [float(np.log(window.truth.sum() / window.total)) for window in windows if window.total > 0]
    if len(errors) < 2:
        return 1.0
    without = [abs(error) for error in errors[:-1]]
    corrected = [abs(error - _doubted(errors[place + 1 :])) for place, error in enumerate(errors[:-1])]
    return float(np.exp(_doubted(errors))) if _mean(corrected) < _mean(without) else 1.0


def completed(amounts: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """These candidates; what could not be fitted yet, or not any more, says what the last year says."""
    return pd.DataFrame({name: amounts[name if name in amounts else LAST_YEAR] for name in names})


def _blended(amounts: list[pd.DataFrame], truths: list[np.ndarray], names: list[str]) -> np.ndarray:
    """What the blend would have said, mean 1, of the first of these windows; the others lie before it."""
    told, *before = list(zip(amounts, truths, strict=True))
    if before:
        return Blend.learned(before, names).of(told[0])
    found, of_half = np.empty(len(truths[0])), np.zeros(len(truths[0]), dtype=bool)
    of_half[np.lexsort(told[0].to_numpy().T)[::2]] = True  # every other one by amounts: ids hold a secret
    for half in (of_half, ~of_half):
        found[half] = Blend.learned([(told[0][~half], told[1][~half])], names).of(told[0])[half]
    return found


def _beside(
    windows: list[Window], foretold: dict[str, list[np.ndarray]]
) -> list[tuple[str, list[tuple[Window, np.ndarray]]]]:
    return [(name, list(zip(windows, forecasts, strict=True))) for name, forecasts in foretold.items()]


def _doubted(errors: list[float]) -> float:
    return sum(errors) / (len(errors) + DOUBT_WINDOWS)


def _mean(values: list[float]) -> float:
    return float(np.mean(values))
