"""How far tools agree: likelihood at their parameters by our exact formula, and the distance of their forecasts."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.gamma_gamma import _log_likelihood_and_gradient
from models.lifetime_value.histories import checked_histories


def log_likelihoods(customers: pd.DataFrame, parameters: Mapping[str, float]) -> tuple[float, float]:
    """Log-likelihood of the purchases at r, alpha, a, b, and of the money at p, q, v; summed over customers."""
    orders = np.array([parameters[name] for name in ("r", "alpha", "a", "b")])
    spend = np.array([parameters[name] for name in ("p", "q", "v")])
    known = customers[customers["monetary_value"].notna()]
    mean = known["monetary_value"].to_numpy()
    return (
        float(BetaGeoModel()._log_likelihood_and_gradient(orders, *checked_histories(customers))[0].sum()),
        float(_log_likelihood_and_gradient(spend, known["frequency"].to_numpy(), mean)[0].sum()),
    )


def largest_difference(scores: Path, ours: Path) -> dict[str, float]:
    """Largest relative difference of expected purchases and of expected spend from ours; nan where a tool has none."""
    theirs, own = pd.read_parquet(scores), pd.read_parquet(ours)
    return {name: float(np.max(np.abs(theirs[name].to_numpy() / own[name].to_numpy() - 1.0))) for name in own}
