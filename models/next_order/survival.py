"""How long things last, from those that ended and those still going on. What lasts, and for whom, is not known here."""

from dataclasses import dataclass

import numpy as np

LEAST_BEYOND = 30  # so many durations, or a twentieth, reach beyond where the tail begins
SHARE_BEYOND = 0.05
TAIL_BEGINS_AT = 1 / 3  # the slope of the tail is learned from that part of its first duration on
STEPS_PER_FALL = 500  # steps kept while the share of survivors falls to 1/e: an error of a fifth of a per cent


@dataclass(frozen=True)
class Survival:
    """The share of durations longer than a time: the estimate of Kaplan and Meier, and a power law where it ends.

    Steps are `shares` from `times` on, both of shape (n_steps,). Beyond `tail_from` few durations are left to tell, and
    most of those have not ended; there the share is tail_share * (time / tail_from) ** -tail_slope, by which an end
    grows less likely the longer it has not come, and never impossible.

    Source: Kaplan and Meier (1958), Nonparametric estimation from incomplete observations. The slope is the estimate of
    Hill (1975) for durations of which some have not ended: ends over the sum of log(time / first time).
    """

    times: np.ndarray
    shares: np.ndarray
    tail_from: float
    tail_share: float
    tail_slope: float

    @classmethod
    def of(cls, durations: np.ndarray, has_ended: np.ndarray) -> "Survival":
        """From durations > 0, shape (n,), and whether each has ended; n > 0, in any order."""
        order = np.argsort(durations, kind="stable")
        lasting, ended = durations[order], has_ended[order]
        first = np.flatnonzero(np.append(True, np.diff(lasting) > 0))
        times = lasting[first]
        at_risk = lasting.size - first
        ends = np.add.reduceat(ended.astype(np.int64), first)
        shares = np.cumprod(1.0 - ends / at_risk)
        beyond = max(LEAST_BEYOND, int(np.ceil(SHARE_BEYOND * lasting.size)))
        tail_from = float(lasting[max(lasting.size - beyond, 0)])
        in_body = (ends > 0) & (times <= tail_from)
        times, shares = times[in_body], shares[in_body]
        tail_share = float(shares[-1]) if shares.size else 1.0
        if tail_share <= 0.0:  # all that was seen has ended
            tail_share = 0.5 / lasting.size
        kept = _telling_steps(shares)
        return cls(times[kept], shares[kept], tail_from, tail_share, _slope(lasting, ended, tail_from))

    def longer_than(self, time: np.ndarray) -> np.ndarray:
        """The share that lasts longer, in the shape of `time` (>= 0)."""
        steps = np.append(1.0, self.shares)
        share = steps[np.searchsorted(self.times, time, side="right")]
        in_tail = np.maximum(time / self.tail_from, 1.0) ** -self.tail_slope * self.tail_share
        return np.where(time > self.tail_from, in_tail, np.maximum(share, self.tail_share))

    def time_of(self, share: np.ndarray) -> np.ndarray:
        """The first time by which no more than this share (0 < share <= 1) lasts longer, in the shape of `share`."""
        ends = np.append(self.times, self.tail_from)
        time = ends[np.searchsorted(-self.shares, -share - 1e-12, side="left")]
        in_tail = self.tail_from * np.maximum(self.tail_share / share, 1.0) ** (1.0 / self.tail_slope)
        return np.where(share < self.tail_share, in_tail, np.where(share >= 1.0, 0.0, time))


def _telling_steps(shares: np.ndarray) -> np.ndarray:
    """The steps to keep, shape (n_kept,): the last of each level of the logarithm, so that millions become hundreds."""
    if shares.size <= STEPS_PER_FALL:
        return np.arange(shares.size)
    level = np.floor(-np.log(np.maximum(shares, 1e-12)) * STEPS_PER_FALL)
    return np.flatnonzero(np.append(np.diff(level) != 0, True))


def _slope(lasting: np.ndarray, ended: np.ndarray, tail_from: float) -> float:
    """Ends per unit of log time from the beginning of the tail on; half an end more, for no slope is nought."""
    start = tail_from * TAIL_BEGINS_AT
    is_in = lasting > start
    exposure = np.log(lasting[is_in] / start).sum()
    return float((np.count_nonzero(ended[is_in]) + 0.5) / (exposure + 0.5))
