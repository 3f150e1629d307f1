"""Ours, measured like the others. Runs in the project's own environment."""

import numpy as np
import pandas as pd
from worker import measure

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.gamma_gamma import GammaGammaModel


class Guanxi:
    """BetaGeoModel and GammaGammaModel as the pipeline calls them."""

    package = "guanxi"

    def __init__(self) -> None:
        self.standard_errors: dict[str, float] = {}

    def fit_orders(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters r, alpha, a, b; their standard errors are kept."""
        self.orders = BetaGeoModel().fit(customers)
        self.standard_errors |= self.orders.standard_errors_
        return {name: getattr(self.orders, f"{name}_") for name in ("r", "alpha", "a", "b")}

    def fit_spend(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters p, q, v; their standard errors are kept."""
        self.spend = GammaGammaModel().fit(customers)
        self.standard_errors |= self.spend.standard_errors_
        return {name: getattr(self.spend, f"{name}_") for name in ("p", "q", "v")}

    def score_orders(self, customers: pd.DataFrame, horizon: float) -> np.ndarray:
        """Expected purchases within the horizon."""
        return self.orders.predict_purchases(customers, horizon)

    def score_spend(self, customers: pd.DataFrame) -> np.ndarray:
        """Expected money per purchase."""
        return self.spend.predict_spend(customers)


if __name__ == "__main__":
    measure(Guanxi())
