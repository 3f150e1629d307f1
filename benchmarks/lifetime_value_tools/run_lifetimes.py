"""The `lifetimes` package, called as its documentation does. Runs in an environment of its own."""

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
from worker import measure


class Lifetimes:
    """BetaGeoFitter and GammaGammaFitter without penalty, one row a customer."""

    package = "lifetimes"

    def fit_orders(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters r, alpha, a, b."""
        self.orders = BetaGeoFitter(penalizer_coef=0.0)
        self.orders.fit(customers["frequency"], customers["recency"], customers["T"])
        return dict(self.orders.params_)

    def fit_spend(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters p, q, v."""
        known = customers[customers["monetary_value"].notna()]
        self.spend = GammaGammaFitter(penalizer_coef=0.0)
        self.spend.fit(known["frequency"], known["monetary_value"])
        return dict(self.spend.params_)

    def score_orders(self, customers: pd.DataFrame, horizon: float) -> np.ndarray:
        """Expected purchases within the horizon."""
        history = (customers["frequency"], customers["recency"], customers["T"])
        return np.asarray(self.orders.conditional_expected_number_of_purchases_up_to_time(horizon, *history))

    def score_spend(self, customers: pd.DataFrame) -> np.ndarray:
        """Expected money per purchase; a customer whose mean is unknown has no weight, so it may be any number."""
        known = customers["monetary_value"].notna()
        count, mean = customers["frequency"].where(known, 0.0), customers["monetary_value"].fillna(0.0)
        return np.asarray(self.spend.conditional_expected_average_profit(count, mean))


if __name__ == "__main__":
    measure(Lifetimes())
