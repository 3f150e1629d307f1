"""How much better a model was than the best naive rule, in one number, from what it measured itself. No model here."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from models.result_tables import ALL

# The losses that models are compared by, where a score names none: the first that the champion and a rule both have.
LOSSES = ("brier", "mae", "rmse", "log_loss", "tweedie_deviance", "pinball_loss")


@dataclass(frozen=True)
class Skill:
    """1 - loss / loss of the best naive rule, of the same customers in the same test window; 0 is no better than it."""

    metric: str
    value: float
    baseline: str
    baseline_value: float
    skill: float
    test_as_of: date
    customers: int


def skill_of(metrics: pd.DataFrame, headline: str | None = None) -> Skill | None:
    """Of the newest test window of the longest horizon in METRIC_TYPES, all customers.

    The longest, because a score that measures some horizons is named after it. None when nothing was measured that can
    be compared.
    """
    overall = metrics[metrics["segment"] == ALL]
    longest = overall[overall["horizon_days"] == overall["horizon_days"].max()]
    newest = longest[longest["test_as_of_date"] == longest["test_as_of_date"].max()]
    champions = newest[newest["role"] == "champion"].set_index("metric")
    rules = newest[newest["role"] == "baseline"].sort_values(["value", "candidate"])
    for metric in [headline] if headline else LOSSES:
        of_rules = rules[rules["metric"] == metric]
        if metric not in champions.index or of_rules.empty or not of_rules["value"].iloc[0] > 0:
            continue
        champion, best = champions.loc[[metric]].iloc[0], of_rules.iloc[0]
        return Skill(
            metric=str(metric),
            value=float(champion["value"]),
            baseline=str(best["candidate"]),
            baseline_value=float(best["value"]),
            skill=1.0 - float(champion["value"]) / float(best["value"]),
            test_as_of=champion["test_as_of_date"].date(),
            customers=int(champion["customer_count"]),
        )
    return None
