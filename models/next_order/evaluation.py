"""Measures foretold days on one past window beside rules that need no law. It never sees a day after that window."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models import metrics
from models.next_order.candidates import LAW, RULES
from models.next_order.study import Study, Window
from models.result_tables import ALL, METRIC_TYPES, metric_table, nothing

LIKELY = 0.5  # from this probability on an order is not less likely than none, and a date is told
DATED = "dated"  # the segment of those who are told a date
BASE_RATE, RECENCY = "base_rate", "recency"
Measured = tuple[str, str, str, str, float, int]


def measure(study: Study) -> pd.DataFrame:
    """The metrics of the test window, columns of METRIC_TYPES; empty without one. Undefined metrics are left out.

    Errors, in days, and intervals are of those who ordered, all of them and those who had been told a date; the
    probability of an order is of everybody who had ever bought.
    """
    window = study.test
    if window is None:
        return nothing(METRIC_TYPES)
    champion = study.champion(window.candidates)
    rows = [row for name in window.candidates.names for row in _of_candidate(study, window, name, name == champion)]
    columns = ["candidate", "role", "segment", "metric", "value", "customer_count"]
    measured = pd.DataFrame([*rows, *_of_baselines(study, window)], columns=columns)
    return metric_table(measured, window.as_of, window.candidates.horizon_days)


def _of_candidate(study: Study, window: Window, name: str, is_champion: bool) -> Iterator[Measured]:
    role = "champion" if is_champion else "baseline" if name in RULES else "challenger"
    candidates, probability = window.candidates, window.probabilities[study.tested_by]
    called, days, came = candidates.called(name), window.days(name), window.has_come
    has_interval = candidates.has_law and (is_champion or name == LAW)
    low, high = (
        candidates.interval(window.standing, window.outlook, study.tested_level, days) if has_interval else (days, days)
    )
    for segment, is_in in ((ALL, came), (DATED, came & (probability >= LIKELY))):
        count = int(is_in.sum())
        if not count:
            continue
        truth = window.came[is_in]
        error = np.abs(days[is_in] - truth)
        yield called, role, segment, "median_absolute_error", float(np.median(error)), count
        for near in (7, 14):
            yield called, role, segment, f"within_{near}_days", float(np.mean(error <= near)), count
        if has_interval:
            is_held = (low[is_in] <= truth) & (truth <= high[is_in])
            yield called, role, segment, "interval_coverage", float(is_held.mean()), count
            yield called, role, segment, "interval_width", float(np.median(high[is_in] - low[is_in]) + 1), count
    if is_champion or name == LAW:
        yield called, role, ALL, "brier", metrics.brier(came, probability), came.size
        yield called, role, ALL, "auc", metrics.auc(came, probability), came.size
        yield called, role, ALL, "bias", metrics.bias(came, probability), came.size


def _of_baselines(study: Study, window: Window) -> Iterator[Measured]:
    """Everybody as likely as customers were in the window before, and the latest buyers first."""
    came = window.has_come
    yield RECENCY, "baseline", ALL, "auc", metrics.auc(came, -window.standing.silence), came.size
    if study.validation is not None:
        share = float(study.validation.has_come.mean())
        for metric, function in (("brier", metrics.brier), ("bias", metrics.bias)):
            yield BASE_RATE, "baseline", ALL, metric, function(came, np.full(came.size, share)), came.size
