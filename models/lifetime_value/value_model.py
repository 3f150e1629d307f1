"""Orders times spend: the two models fitted together and asked together. No dates, no refusal, no measuring."""

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from models.lifetime_value.beta_geo import BetaGeoModel
from models.lifetime_value.gamma_gamma import GammaGammaModel

# Fader and Hardie call .11 on CDNOW negligible; from .3 on, heavy buyers' spend is visibly not the others'.
MOST_CORRELATION = 0.3


@dataclass(frozen=True)
class ValueModel:
    """A fitted BG/NBD and a fitted Gamma-Gamma model, and what there is to say about the fit."""

    purchases: BetaGeoModel
    spend: GammaGammaModel
    notes: list[str]

    @classmethod
    def fit(cls, customers: pd.DataFrame) -> Self:
        """Fit on frequency, recency_days, age_days and monetary_value; raises TooLittleToFit if it is too little."""
        histories, spend = _histories(customers), _spend(customers)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", ConvergenceWarning)
            fitted = BetaGeoModel().fit(histories), GammaGammaModel().fit(spend)
        notes = [f"The fit is loose: {found.message}." for found in caught if found.category is ConvergenceWarning]
        return cls(*fitted, notes=notes + _dependence_note(spend))

    def forecast(self, customers: pd.DataFrame, days: int) -> pd.DataFrame:
        """Forecast of each customer's next `days` days, in the index of customers.

        Columns: probability_alive, probability_no_purchase, expected_orders (days with a purchase),
        expected_order_value (money per such day) and predicted_value, their product in money, never below 0.
        """
        histories = _histories(customers)
        orders = self.purchases.predict_purchases(histories, days).round(6)
        value = self.spend.predict_spend(_spend(customers)).round(2)
        return pd.DataFrame(
            {
                "probability_alive": self.purchases.predict_alive(histories).round(6),
                "probability_no_purchase": self.purchases.predict_no_purchase(histories, days).round(6),
                "expected_orders": orders,
                "expected_order_value": value,
                "predicted_value": np.round(orders * value, 2),
            },
            index=customers.index,
        )


def spend_correlation(spend: pd.DataFrame) -> float:
    """Correlation of frequency and monetary value among repeat buyers, nan when either is constant."""
    known = spend[(spend["frequency"] > 0) & spend["monetary_value"].notna()]
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(known["frequency"].corr(known["monetary_value"]))


def _dependence_note(spend: pd.DataFrame) -> list[str]:
    correlation = spend_correlation(spend)
    if not abs(correlation) > MOST_CORRELATION:
        return []
    return [
        f"Spend per order and order frequency are correlated ({correlation:.2f}) among repeat buyers; the Gamma-Gamma "
        f"model takes them as independent (within ±{MOST_CORRELATION}), so values of heavy buyers may be biased."
    ]


def _histories(customers: pd.DataFrame) -> pd.DataFrame:
    columns = {"frequency": "frequency", "recency_days": "recency", "age_days": "T"}
    return customers[list(columns)].rename(columns=columns).astype(float)


def _spend(customers: pd.DataFrame) -> pd.DataFrame:
    """A mean that refunds brought to 0 or less is as good as unknown: a Gamma law has no room for it."""
    spend = customers[["frequency", "monetary_value"]].astype(float)
    return spend.assign(monetary_value=spend["monetary_value"].where(spend["monetary_value"] > 0))
