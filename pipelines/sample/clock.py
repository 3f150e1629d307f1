"""The shop's local time: turns positions in the window into wall-clock seconds. Knows nothing of what happens then."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
import pyarrow as pa

DAY_SECONDS = 86_400
Day = TypeVar("Day", int, np.ndarray)
EPOCH = date(1970, 1, 1)
# Relative traffic of the 24 hours: quiet nights, a lunch bump, the peak in the evening.
TRAFFIC = (8, 5, 3, 2, 2, 3, 8, 16, 26, 36, 44, 46, 52, 50, 42, 42, 44, 44, 46, 56, 68, 70, 52, 24)


@dataclass(frozen=True)
class Window:
    """`days` business days that end with `until`; positions in it are floats from 0 to `days`."""

    days: int
    until: date

    @property
    def start(self) -> date:
        """The first day."""
        return self.until - timedelta(days=self.days - 1)

    @property
    def start_seconds(self) -> int:
        """The first second of the window, on the wall clock since 1970."""
        return (self.start - EPOCH).days * DAY_SECONDS

    @property
    def end_seconds(self) -> int:
        """The last second of the window."""
        return self.start_seconds + self.days * DAY_SECONDS - 1

    def day_of(self, seconds: np.ndarray) -> np.ndarray:
        """The day of each second of the wall clock, counted from 0."""
        return (seconds - self.start_seconds) // DAY_SECONDS

    def end_of(self, day: Day) -> Day:
        """The last second of a day, or of each."""
        return self.start_seconds + (day + 1) * DAY_SECONDS - 1

    def date_of(self, day: int) -> date:
        """The date of a day."""
        return self.start + timedelta(days=day)

    def seconds(self, position: np.ndarray) -> np.ndarray:
        """Seconds since 1970 on the wall clock (int64).

        The fraction of the day goes through the inverse distribution of the traffic: monotone, so order is kept and no
        moment changes its day, while the hours get their pattern.
        """
        day = np.floor(position)
        edges = np.concatenate([[0.0], np.cumsum(TRAFFIC) / sum(TRAFFIC)])
        hour = np.interp(position - day, edges, np.arange(25.0))
        within = np.minimum((hour * 3600).astype(np.int64), DAY_SECONDS - 1)
        return self.start_seconds + day.astype(np.int64) * DAY_SECONDS + within


def timestamps(seconds: np.ndarray, known: np.ndarray | None = None) -> pa.Array:
    """Naive local timestamps; null where `known` is false."""
    return pa.array(seconds, mask=None if known is None else ~known).cast(pa.timestamp("s"))
