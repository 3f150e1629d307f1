"""The forecasts with the thresholds of a shop that sets none: a test names only what it changes."""

from typing import Any

import pandas as pd

from models.churn import forecast as churn
from models.lifetime_value import forecast as value
from pipelines.settings.model import Settings


def forecast_churn(features: pd.DataFrame, outcomes: pd.DataFrame, **changes: Any) -> churn.ChurnResult:
    """Churn with the default thresholds, but for the changes."""
    churn_settings = Settings().churn
    medium_from, high_from = churn_settings.bands_from
    thresholds = {
        **churn_settings.model_dump(include={"horizon_days", "eligibility_days", "search_fits"}),
        "medium_from": medium_from,
        "high_from": high_from,
    }
    return churn.forecast_churn(features, outcomes, **{**thresholds, **changes})


def forecast_lifetime_value(
    features: pd.DataFrame, outcomes: pd.DataFrame, **changes: Any
) -> value.LifetimeValueResult:
    """Lifetime value with the default tier limits, but for the changes."""
    tiers = Settings().tiers
    limits = {"senior_from": float(tiers.senior_from), "vip_above": float(tiers.vip_above)}
    return value.forecast_lifetime_value(features, outcomes, **{**limits, **changes})
