"""The `pymc-marketing` package: maximum a posteriori with flat priors, hence maximum likelihood.

Runs in an environment of its own. A fit builds and compiles the model first, some seconds at any size; that is counted,
as a user waits for it.
"""

import numpy as np
import pandas as pd
from pymc_extras.prior import Prior
from pymc_marketing.clv import BetaGeoModel, GammaGammaModel
from worker import measure


class PyMCMarketing:
    """BetaGeoModel and GammaGammaModel with HalfFlat priors on every parameter."""

    package = "pymc-marketing"

    def fit_orders(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters r, alpha, a, b."""
        self.orders = BetaGeoModel(model_config=_flat("r", "alpha", "a", "b"))
        self.orders.fit(_named(customers), method="map", progressbar=False)
        return {name: self.orders.fit_result[name].item() for name in ("r", "alpha", "a", "b")}

    def fit_spend(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters p, q, v."""
        self.spend = GammaGammaModel(model_config=_flat("p", "q", "v"))
        self.spend.fit(_named(customers[customers["monetary_value"].notna()]), method="map", progressbar=False)
        return {name: self.spend.fit_result[name].item() for name in ("p", "q", "v")}

    def score_orders(self, customers: pd.DataFrame, horizon: float) -> np.ndarray:
        """Expected purchases within the horizon."""
        return self.orders.expected_purchases(_named(customers), future_t=horizon).to_numpy().ravel()

    def score_spend(self, customers: pd.DataFrame) -> np.ndarray:
        """Expected money per purchase; a customer whose mean is unknown has no weight, so it may be any number."""
        known = customers["monetary_value"].notna()
        filled = customers.assign(
            frequency=customers["frequency"].where(known, 0.0), monetary_value=customers["monetary_value"].fillna(0.0)
        )
        return self.spend.expected_customer_spend(_named(filled)).to_numpy().ravel()


def _flat(*names: str) -> dict[str, Prior]:
    return {name: Prior("HalfFlat") for name in names}


def _named(customers: pd.DataFrame) -> pd.DataFrame:
    return customers.rename_axis("customer_id").reset_index()


if __name__ == "__main__":
    measure(PyMCMarketing())
