"""Past windows that are over: what the candidates of that day foretold of them, and what came. Chooses nothing."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from models import metrics
from models.lifetime_value.candidates import Boosted, Candidates, Foretold, fit_candidates
from models.lifetime_value.evidence import Evidence
from models.one_thread import on_one_thread

MOST_WINDOWS = 3  # of one length: the newest, and those before it that do not overlap
LEAST_CUSTOMERS = 50
TRUSTED_MOVE = 0.2


@dataclass(frozen=True)
class Window:
    """One date and the `days` days after it, with candidates fitted at the date."""

    as_of: pd.Timestamp
    days: int
    candidates: Candidates
    known: pd.DataFrame

    @property
    def customers(self) -> pd.DataFrame:
        """What was known of them at the date."""
        return self.known.drop(columns=[name for name in self.known.columns if name.startswith("future_")])

    @property
    def truth(self) -> np.ndarray:
        """Money that came, shape (n,)."""
        return self.known["future_net_sales"].to_numpy(dtype=float)

    @cached_property
    def foretold(self) -> Foretold:
        """What the candidates said."""
        assert self.orders is not None  # else there is no window
        return self.candidates.foretold(self.customers, self.days, self.orders, *self.unmoved_by_season)

    @cached_property
    def unmoved_by_season(self) -> tuple[Boosted | None, pd.DataFrame]:
        """Of that what the boosting and the rules said."""
        crowd = self.candidates.crowd(self.customers)
        boosted = self.candidates.boosted(self.customers, [self.days], crowd).get(self.days)
        return boosted, self.candidates.by_others(self.customers, self.days, boosted, crowd)

    @property
    def amounts(self) -> pd.DataFrame:
        """Money foretold by every candidate, shape (n, candidates)."""
        return self.foretold.amounts

    @cached_property
    def orders(self) -> pd.DataFrame | None:
        """As Candidates.orders."""
        return self.candidates.orders(self.customers, [self.days])

    @property
    def total(self) -> float:
        """Money foretold of all together; 0 where no rate can be known."""
        return 0.0 if self.orders is None else float(self.orders[f"predicted_value_{self.days}"].sum())

    @property
    def mean(self) -> float:
        """Money foretold of a customer."""
        return self.total / max(len(self.known), 1)

    @property
    def is_usable(self) -> bool:
        """Whether it can tell candidates apart: enough customers, something sold, something foretold."""
        return len(self.known) >= LEAST_CUSTOMERS and self.truth.sum() > 0 and self.total > 0

    @cached_property
    def came_beside_season(self) -> tuple[float, float] | None:
        """What came, and what was foretold with the season, over the total foretold without one, in logarithms.

        None where no season was known.
        """
        if not self.candidates.outlook.season.is_known or not self.total > 0:
            return None
        assert self.orders is not None
        flat = float((self.orders[f"flat_orders_{self.days}"] * self.orders["expected_order_value"]).sum())
        return float(np.log(self.truth.sum() / flat)), float(np.log(self.total / flat))

    def believing_the_season(self, belief: float) -> "Window":
        """The same with a share of the season's moves; what no season moves is not asked for again."""
        if not self.candidates.outlook.season.is_known or belief == 1:
            return self
        other = replace(self, candidates=self.candidates.believing_the_season(belief))
        vars(other)["unmoved_by_season"] = self.unmoved_by_season
        return other

    def loss(self, forecast: np.ndarray) -> float:
        """Mean absolute error over the mean absolute amount, so that windows of any length compare."""
        return metrics.mae(self.truth, forecast) / float(np.abs(self.truth).mean())

    def deviance(self, forecast: np.ndarray) -> float:
        """Tweedie deviance, likewise of windows of any length."""
        return metrics.tweedie_deviance(self.truth, forecast) / float(np.sqrt(np.abs(self.truth).mean()))


def past_windows(
    evidence: Evidence, lengths: list[int], random_state: int, workers: Executor | None = None
) -> dict[int, list[Window]]:
    """For each length in days up to three windows that are over, the newest first and none overlapping the one before.

    Candidates of one date are fitted once, dates side by side; windows of fewer than 50 customers, or in which nothing
    was sold or could be foretold, are left out.
    """
    dates = {days: _apart(evidence.dates_over(evidence.newest_date, days), days) for days in lengths}
    distinct = sorted({date for found in dates.values() for date in found}, reverse=True)  # the longest work first

    def at(date: pd.Timestamp) -> list[Window]:
        learned = [days for days in lengths if date in dates[days]]
        candidates = fit_candidates(evidence, evidence.customers(date), learned, random_state=random_state)
        found = [Window(date, days, candidates, evidence.with_outcomes([date], days)) for days in learned]
        return [each for each in found if each.is_usable]

    side_by_side = workers.map if workers else map
    found = [window for of_date in side_by_side(on_one_thread(at), distinct) for window in of_date]
    return {days: [window for window in found if window.days == days] for days in lengths}


def over_by(windows: dict[int, list[Window]], day: pd.Timestamp) -> list[Window]:
    """All of them, of whatever length, that had ended by a day."""
    return [
        window for found in windows.values() for window in found if window.as_of + pd.Timedelta(days=window.days) <= day
    ]


def beside_season(windows: list[Window]) -> np.ndarray:
    """`came_beside_season` of those in which a season was known, shape (n, 2)."""
    told = [each for window in windows if (each := window.came_beside_season) is not None]
    return np.array(told).reshape(-1, 2)


def belief_in_season(windows: list[Window]) -> float:
    """The share of the season's moves, 0 to 1, with which the totals of these windows would have been nearest.

    By least squares of the logarithms, beside one more window that the season moved by TRUSTED_MOVE and rightly: with
    nothing to tell by it is believed whole. A share, since by a yes or no one more month of history can throw the whole
    season out.
    """
    came, foretold = beside_season(windows).T
    share = (came @ foretold + TRUSTED_MOVE**2) / (foretold @ foretold + TRUSTED_MOVE**2)
    return float(np.clip(share, 0.0, 1.0))


def _apart(dates: list[pd.Timestamp], days: int) -> list[pd.Timestamp]:
    """The newest date, and the next ones at least `days` days before the one taken last."""
    taken: list[pd.Timestamp] = []
    for date in reversed(dates):
        if len(taken) < MOST_WINDOWS and (not taken or date + pd.Timedelta(days=days) <= taken[-1]):
            taken.append(date)
    return taken
