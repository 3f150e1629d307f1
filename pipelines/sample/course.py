"""The course of an order: when it is paid, shipped, delivered, sent back or given up, and its state at any moment."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.sample.clock import DAY_SECONDS, timestamps
from pipelines.sample.purchases import CANCELLED, PURCHASE

STATES = ("cancelled", "returned", "delivered", "shipped", "paid", "pending")
LONGEST_COURSE_DAYS = 11  # from the order to the last thing that happens to it


@dataclass(frozen=True)
class Course:
    """One row an order. Moments are seconds on the wall clock, also those that never come for orders of its kind."""

    kind: np.ndarray
    is_returned: np.ndarray
    ordered: np.ndarray
    paid: np.ndarray
    shipped: np.ndarray
    delivered: np.ndarray
    closed: np.ndarray  # what comes back has come back
    given_up: np.ndarray

    @property
    def changes(self) -> list[np.ndarray]:
        """Every moment at which an order changes; where one does not come, the moment of the order."""
        is_purchase = self.kind == PURCHASE
        return [
            *(np.where(is_purchase, moment, self.ordered) for moment in (self.paid, self.shipped, self.delivered)),
            np.where(self.is_returned, self.closed, self.ordered),
            np.where(self.kind == CANCELLED, self.given_up, self.ordered),
        ]

    def state(self, end: np.ndarray | int) -> np.ndarray:
        """The last thing that has happened by the second `end` (place in STATES): one for all, or one an order."""
        is_purchase = self.kind == PURCHASE
        reached = [
            (self.kind == CANCELLED) & (self.given_up <= end),
            self.is_returned & (self.closed <= end),
            *(is_purchase & (moment <= end) for moment in (self.delivered, self.shipped, self.paid)),
        ]
        return np.select(reached, range(len(reached)), len(reached))

    def columns(self, end: np.ndarray | int) -> dict[str, pa.Array]:
        """Times and state as known at the second `end`: an order goes as far as that lets it."""
        is_purchase = self.kind == PURCHASE
        state = self.state(end)
        moments = [self.given_up, self.closed, self.delivered, self.shipped, self.paid, self.ordered]
        return {
            "ordered_at": timestamps(self.ordered),
            "paid_at": timestamps(self.paid, is_purchase & (self.paid <= end)),
            "shipped_at": timestamps(self.shipped, is_purchase & (self.shipped <= end)),
            "delivered_at": timestamps(self.delivered, is_purchase & (self.delivered <= end)),
            "status": pa.array(STATES).take(pa.array(state)),
            "updated_at": timestamps(np.choose(state, moments)),
        }


def draw_course(
    rng: np.random.Generator, ordered: np.ndarray, kind: np.ndarray, is_returned: np.ndarray, end: int
) -> Course:
    """The course of orders placed at `ordered`; what is quick happens before the second `end`."""
    size = len(ordered)
    paid = np.minimum(ordered + rng.integers(20, 900, size), end)
    shipped = paid + (rng.uniform(0.2, 2.0, size) * DAY_SECONDS).astype(np.int64)
    delivered = shipped + (rng.uniform(1.0, 5.0, size) * DAY_SECONDS).astype(np.int64)
    closed = np.minimum(delivered + (rng.uniform(0.5, 3.0, size) * DAY_SECONDS).astype(np.int64), end)
    given_up = np.minimum(ordered + rng.integers(1_800, 86_400, size), end)
    return Course(kind, is_returned, ordered, paid, shipped, delivered, closed, given_up)
