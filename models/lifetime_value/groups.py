"""One value model for each large group of customers, drawn towards that of all. It does not ask whether that pays."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from models.lifetime_value.histories import TooLittleToFit
from models.lifetime_value.maximum_likelihood import shrunk
from models.lifetime_value.purchase_model import PurchaseModel
from models.lifetime_value.season import Outlook
from models.lifetime_value.spread import Spread, joined
from models.lifetime_value.value_model import ValueModel

LEAST_GROUP_BUYERS = 500
LEAST_GROUP_REPEAT_BUYERS = 100
PRIOR_CUSTOMERS = 500  # the pooled fit weighs as much as this many customers of the group


@dataclass(frozen=True)
class GroupedValueModel:
    """A model of all, and one for each group of `trait` with at least 500 buyers and 100 repeat buyers.

    The parameters of a group are the posterior mode when the fit of all customers is its prior, worth 500 customers:
    means of the logarithms, weighted by the observed information of either. Small groups and customers without the
    trait keep the model of all.
    """

    trait: str
    pooled: ValueModel
    by_group: dict[str, ValueModel]

    @classmethod
    def of(cls, customers: pd.DataFrame, trait: str, pooled: ValueModel) -> Self:
        """Fitted to customers with the column `trait` beside their features; `pooled` is the fit to all of them."""
        models = {}
        for group, members in customers.groupby(trait, sort=True):
            if len(members) < LEAST_GROUP_BUYERS or (members["frequency"] > 0).sum() < LEAST_GROUP_REPEAT_BUYERS:
                continue
            try:
                models[str(group)] = _drawn_towards(pooled, ValueModel.of(members, type(pooled.purchases)))
            except TooLittleToFit:
                continue
        return cls(trait, pooled, models)

    @property
    def notes(self) -> list[str]:
        """What there is to say about the fit."""
        return self.pooled.notes

    @property
    def purchases(self) -> PurchaseModel:
        """The purchase model of all."""
        return self.pooled.purchases

    def forecast(self, customers: pd.DataFrame, horizons: list[int], outlook: Outlook) -> pd.DataFrame:
        """As ValueModel.forecast, each customer by the model of the own group."""
        parts = [model.forecast(customers.iloc[rows], horizons, outlook) for model, rows in self._split(customers)]
        order = np.argsort(np.concatenate([rows for _, rows in self._split(customers)]))
        return pd.concat(parts).iloc[order]

    def spread(self, customers: pd.DataFrame, forecast: pd.DataFrame, days: int, random: np.random.Generator) -> Spread:
        """As ValueModel.spread, each customer by the model of the own group."""
        split = self._split(customers)
        parts = [model.spread(customers.iloc[rows], forecast.iloc[rows], days, random) for model, rows in split]
        return joined(parts, [rows for _, rows in split])

    def _split(self, customers: pd.DataFrame) -> list[tuple[ValueModel, np.ndarray]]:
        group = customers[self.trait].astype("str").to_numpy()
        split = [(model, np.flatnonzero(group == name)) for name, model in self.by_group.items()]
        split.append((self.pooled, np.flatnonzero(~np.isin(group, list(self.by_group)))))
        return [(model, rows) for model, rows in split if rows.size] or split[-1:]


def _drawn_towards(pooled: ValueModel, own: ValueModel) -> ValueModel:
    purchases = own.purchases.with_parameters(
        shrunk(
            own.purchases._parameters(),
            own.purchases.log_information_,
            pooled.purchases._parameters(),
            _prior(pooled.purchases.log_information_, pooled.purchases.customer_count_),
        )
    )
    excess = shrunk(
        own.spend.search_parameters(),
        own.spend.log_information_,
        pooled.spend.search_parameters(),
        _prior(pooled.spend.log_information_, pooled.spend.customer_count_),
    )
    spend = own.spend.with_parameters(excess + np.array([0.0, 1.0, 0.0]))
    purchases.log_covariance_, spend.log_covariance_ = own.purchases.log_covariance_, own.spend.log_covariance_
    return ValueModel(purchases, spend, own.notes)


def _prior(information: np.ndarray, customer_count: float) -> np.ndarray:
    return information * min(1.0, PRIOR_CUSTOMERS / customer_count)
