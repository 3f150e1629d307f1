"""Why somebody is likelier to leave than others: shares of the log-odds by theme. It learns nothing.

A theme is a handful of features that a reader would name in one breath. The words for it are the tables' matter.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from scipy.special import expit

CHANCE = "chance_of_none"  # what the hazard says, as one more thing to learn from
RHYTHM, OTHER = "rhythm", "other"
THEMES = {
    "silence": ("days_since_last_order",),
    RHYTHM: (
        CHANCE,
        "days_between_orders",
        "overdue_ratio",
        "last_gap_days",
        "longest_gap_days",
        "gap_deviation_days",
    ),
    "orders": (
        "frequency",
        "order_count_30d",
        "order_count_90d",
        "order_count_180d",
        "order_count_365d",
        "order_count",
        "decayed_order_count",
    ),
    "spend": (
        "monetary_value",
        "net_sales_30d",
        "net_sales_90d",
        "net_sales_180d",
        "net_sales_365d",
        "net_sales",
        "average_order_value",
        "decayed_net_sales",
    ),
    "tier": ("net_sales_12m_change_90d",),
    "tenure": ("age_days", "recency_days", "days_since_registration"),
    "season": (
        "order_count_same_season",
        "net_sales_last_year_30d",
        "net_sales_last_year_90d",
        "net_sales_last_year_180d",
        "days_until_618",
        "days_until_double_11",
        "days_until_year_end",
    ),
    "visits": (
        "active_days_90d",
        "event_count_30d",
        "event_count_90d",
        "view_count_30d",
        "view_count_90d",
        "cart_count_30d",
        "cart_count_90d",
        "login_count_30d",
        "session_count_30d",
        "days_since_last_event",
        "days_from_order_to_visit",
    ),
    "refunds": ("refund_share",),
    "discounts": ("discount_share",),
    "service": ("ticket_count_365d", "complaint_count_365d", "open_complaint_count", "days_since_last_complaint"),
    "feedback": ("feedback_count_365d", "average_score_365d"),
    "campaigns": (
        "message_count_90d",
        "opened_message_count_90d",
        "clicked_message_count_90d",
        "unsubscribe_count",
    ),
    OTHER: (),
}
MOST_REASONS = 3
LEAST_OF_THE_FIRST = 0.1  # of the strongest reason: what is weaker is none
BASE = "contribution_base"


def contribution_of(theme: str) -> str:
    """The column of a theme's share."""
    return f"contribution_{theme}"


ABOVE = "is_above_average"
REASON_COLUMNS = [*(f"reason_{number + 1}" for number in range(MOST_REASONS)), ABOVE]
CONTRIBUTION_COLUMNS = [BASE, *map(contribution_of, THEMES)]


def theme_numbers(features: list[str]) -> np.ndarray:
    """The number of each feature's theme in THEMES; of one that a shop has added, of OTHER."""
    number = {feature: place for place, named in enumerate(THEMES.values()) for feature in named}
    return np.array([number.get(feature, list(THEMES).index(OTHER)) for feature in features], dtype=int)


@dataclass(frozen=True)
class Explained:
    """Log-odds of leaving as a sum: of `base`, that of the average customer, and of a share by theme.

    `shares` has shape (n, len(THEMES)); over all customers the shares of a theme have the mean 0.
    """

    base: float
    shares: np.ndarray

    @classmethod
    def of(cls, shares: np.ndarray, constant: float, means: np.ndarray | None = None) -> Self:
        """From shares of any mean, and what has to be added to their sum; `means` are those of more customers."""
        if means is None:
            means = shares.mean(axis=0) if len(shares) else np.zeros(shares.shape[1])
        return cls(constant + float(means.sum()), shares - means)

    @property
    def probability(self) -> np.ndarray:
        """Of leaving, shape (n,)."""
        return expit(self.base + self.shares.sum(axis=1))

    def table(self) -> pd.DataFrame:
        """REASON_COLUMNS, the strongest first, and CONTRIBUTION_COLUMNS, which add up to the log-odds.

        Reasons are the themes that speak for what the customer is beside the average: of somebody likelier to leave
        those that add to it, of somebody else those that take from it.
        """
        table = pd.DataFrame(np.round(self.shares, 9), columns=[*map(contribution_of, THEMES)])
        table.insert(0, BASE, round(self.base, 9))
        directed = self.shares * np.where(self.shares.sum(axis=1) < 0, -1.0, 1.0)[:, None]
        strongest = np.argsort(-directed, axis=1, kind="stable")[:, :MOST_REASONS]
        strength = np.take_along_axis(directed, strongest, axis=1)
        is_told = strength > np.maximum(LEAST_OF_THE_FIRST * strength[:, :1], 1e-9)
        names = np.array([*THEMES], dtype=object)[strongest]
        told = np.where(is_told, names, np.array(None))
        reasons = pd.DataFrame(told, columns=REASON_COLUMNS[:MOST_REASONS], dtype="str")  # a text where all are missing
        return pd.concat([reasons.assign(**{ABOVE: self.shares.sum(axis=1) >= 0}), table], axis=1)
