"""Models that are learned at once, as good as a test wants them; and a shop's features in which something moves."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from models.result_tables import ALL, METRIC_TYPES, typed
from pipelines.modelling.scoring import Scored, Trained, Training, learned_from
from pipelines.registry.use import Use
from pipelines.settings.model import Settings

FIRST = date(2026, 1, 1)
NAMES = ("recency", "spend", "visits", "age_days")


def night(days: int) -> date:
    """So many days after the first."""
    return FIRST + timedelta(days=days)


def use_of(folder: Path, day: int, **changes: object) -> Use:
    """The registry as a night sees it; models are due after 30 days, and nothing lands or changes unless told."""
    settings = Settings(training=changes.pop("training", {}))
    told = {"recipe": "recipe", "landed_by": lambda known: f"landed by {known}", "limits": settings.training, **changes}
    return Use(folder, night(day), settings.training.every_days, keep_days=30, **told)


def metrics(loss: float, of_rule: float, learned: date) -> pd.DataFrame:
    """A champion and two rules in one window that was over when it was learned; the second rule is the better one."""
    rows = [("trees", "champion", loss), ("constant", "baseline", 2 * of_rule), ("recency", "baseline", of_rule)]
    frame = pd.DataFrame(rows, columns=["candidate", "role", "value"]).assign(segment=ALL, metric="brier")
    window = {"customer_count": 400, "test_as_of_date": pd.Timestamp(learned - timedelta(days=90)), "horizon_days": 90}
    return typed(frame.assign(**window), METRIC_TYPES)


def features(as_of: date, customers: int = 1_000, moved: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Customers as of a day; a feature that has moved is that much more for everybody. Each draw is 1 wide."""
    drawn = np.random.default_rng(as_of.toordinal()).random((customers, len(NAMES)))
    frame = pd.DataFrame(drawn, columns=list(NAMES)).assign(as_of_date=pd.Timestamp(as_of))
    frame["customer_id"] = [f"c{number:05d}" for number in range(customers)]
    for name, distance in (moved or {}).items():
        frame[name] += distance
    return frame


class Learner:
    """Learns with the skill that is set, from customers as they were 90 days before, and counts how often."""

    def __init__(self) -> None:
        self.times = 0
        self.skill: float | None = 0.2

    def on(self, use: Use) -> date:
        """The day of the model that scores the night, which is learned when that is due."""

        def train() -> Trained:
            self.times += 1
            line = LogisticRegression().fit(np.arange(10.0)[:, None], np.arange(10) > 4)
            measured = metrics(0.2 * (1 - (self.skill or 0)), 0.2, use.as_of)
            made = Scored({}, measured if self.skill is not None else measured.iloc[:0])
            training = Training({}, lambda inputs, settings: Trained(line, made))
            past = features(use.as_of - timedelta(days=90))
            return Trained(line, made, learned_from(training, {"past": past}))

        _, day = use.model("churn", train)
        return day
