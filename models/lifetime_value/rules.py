"""What somebody without a model would forecast: amounts from what each customer did. Learns nothing from outcomes."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

YEAR_DAYS = 365
WINDOWS = (30, 90, 180, YEAR_DAYS)  # of the features that sum sales up
SEASONS = (30, 90, 180)  # of the features that sum up what a year ago lay ahead

LAST_WINDOW, LAST_YEARS_WINDOW, LAST_YEAR = "last_window_spend", "same_window_last_year", "last_year_spend"
PAST_RATE = "past_spend_rate"
OWN_RATE, PLAIN_RATIO = "own_rate", "plain_ratio"
LEAST_REPEATS_FOR_A_RATE = 10  # purchases after the first: with fewer, rates of single customers say nothing


def names(age_days: float) -> list[str]:
    """The rules of `amounts` in a shop of this age in days."""
    return [LAST_WINDOW, LAST_YEAR, *([LAST_YEARS_WINDOW] if age_days >= YEAR_DAYS else []), PAST_RATE]


def amounts(customers: pd.DataFrame, days: int, shop_age_days: float | None = None) -> dict[str, pd.Series]:
    """Money of the next `days` days by the rules that enter the race beside models, in the index of customers.

    The last window once more, the window of a year ago once more (where the shop is a year old), the last year at its
    pace, and repeat purchases at the pace of all the time since the first. None is below 0. The shop's age is that of
    these customers unless it is told.
    """
    last_year = _window("net_sales_{}d", (YEAR_DAYS,), customers, days)
    repeat_sales = customers["frequency"].astype(float) * customers["monetary_value"].fillna(0.0)
    found = {
        LAST_WINDOW: _window("net_sales_{}d", WINDOWS, customers, days),
        LAST_YEAR: last_year,
        PAST_RATE: _rate(repeat_sales, customers["age_days"].astype(float)) * days,
    }
    wanted = names(customers["age_days"].max() if shop_age_days is None else shop_age_days)
    if LAST_YEARS_WINDOW in wanted:
        is_a_year = days >= YEAR_DAYS
        found[LAST_YEARS_WINDOW] = (
            last_year if is_a_year else _window("net_sales_last_year_{}d", SEASONS, customers, days)
        )
    return {name: found[name] for name in wanted}


def baselines(customers: pd.DataFrame, days: int) -> dict[str, dict[str, pd.Series]]:
    """What forecasts are measured beside, in orders and in money: the rules of `amounts`, and simpler ones.

    The own rate of repeat purchases; all spent so far, spread over the age but at least one window; the first purchase
    once more; the shop's rate for everybody.
    """
    age, frequency = customers["age_days"].astype(float), customers["frequency"].astype(float)
    spend = frequency * customers["monetary_value"].fillna(0.0)
    total = customers["net_sales"].clip(lower=0.0)
    return {
        "orders": {
            "past_order_rate": _rate(frequency, age) * days,
            "same_for_everybody": _shared_rate(frequency, age) * days,
        },
        "money": {
            **amounts(customers, days),
            "past_total_spend": total * days / age.clip(lower=days),
            "first_purchase": (customers["net_sales"] - spend).clip(lower=0.0),
            "same_for_everybody": _shared_rate(spend, age) * days,
        },
    }


def ranks(customers: pd.DataFrame) -> dict[str, dict[str, pd.Series]]:
    """Rules that only put customers in an order: who came last, who came most, who spent most."""
    recency = -customers["days_since_last_order"].astype(float)
    return {
        "orders": {"recency": recency, "past_order_days": customers["frequency"].astype(float)},
        "money": {"recency": recency, "past_total_spend_rank": customers["net_sales"].astype(float)},
    }


@dataclass(frozen=True)
class Rates:
    """The shop's repeat purchases a day and its spend a purchase; a customer's own are drawn towards them.

    A customer's rate is the mean of a gamma law, given the own repeat purchases, whose prior is the shop's rate, worth
    one purchase; so somebody seen for a week is not taken for a weekly buyer. The spend is drawn likewise, worth one
    purchase day. `repeats` counts the purchases that the shop's rate is known from.
    """

    repeats: float
    a_day: float
    a_purchase: float

    @classmethod
    def of(cls, customers: pd.DataFrame) -> Self:
        """Those of these customers; all 0 when there are none."""
        repeats, age = float(customers["frequency"].sum()), float(customers["age_days"].sum())
        purchases, sales = repeats + len(customers), float(customers["net_sales"].astype(float).sum())
        return cls(repeats, repeats / age if age else 0.0, max(sales / purchases, 0.0) if purchases else 0.0)

    def orders(self, customers: pd.DataFrame, days: int, among: pd.DataFrame | None = None) -> pd.Series:
        """Repeat purchases expected in the next `days` days; of all customers the mean is the shop's rate.

        All are `among`, unless it is left out, where `customers` are.
        """
        own_of_all = self._own(customers if among is None else among)
        return self._own(customers) * days * float(self.a_day / own_of_all.mean())

    def order_value(self, customers: pd.DataFrame) -> pd.Series:
        """Spend expected of a purchase day."""
        spent = customers["net_sales"].astype(float).clip(lower=0.0)
        return (spent + self.a_purchase) / (customers["frequency"] + 2.0)

    def no_purchase(self, customers: pd.DataFrame, days: int) -> pd.Series:
        """Chance of no purchase in the next `days` days: that of a negative binomial law with the rate's own."""
        waited = customers["age_days"] + self._prior_days
        return (waited / (waited + days)).astype(float) ** (customers["frequency"] + 1.0)

    @property
    def _prior_days(self) -> float:
        return 1.0 / self.a_day

    def _own(self, customers: pd.DataFrame) -> pd.Series:
        return ((customers["frequency"] + 1.0) / (customers["age_days"] + self._prior_days)).astype(float)


def plain_ratio(customers: pd.DataFrame, horizons: list[int], rates: Rates | None = None) -> pd.DataFrame:
    """The managers' ratio, average order value times repeat purchases over customers, at the past pace.

    Columns expected_order_value and, for each horizon h, expected_orders_h and predicted_value_h. The same for
    everybody: it says what a customer of this shop is worth, not which one, hence no chances and no interval. `rates`
    are the shop's; left out, those of these customers.
    """
    rates = rates or Rates.of(customers)
    columns = {"expected_order_value": round(rates.a_purchase, 2)}
    for days in horizons:
        columns[f"expected_orders_{days}"] = round(rates.a_day * days, 6)
        columns[f"predicted_value_{days}"] = columns[f"expected_orders_{days}"] * columns["expected_order_value"]
    return pd.DataFrame(columns, index=customers.index, dtype=np.float64)


def _window(named: str, lengths: tuple[int, ...], customers: pd.DataFrame, days: int) -> pd.Series:
    """The sum over the nearest of these windows, at its pace."""
    nearest = min(lengths, key=lambda length: abs(np.log(length / days)))
    return customers[named.format(nearest)].astype(float).clip(lower=0.0) * (days / nearest)


def _rate(amount: pd.Series, age: pd.Series) -> pd.Series:
    return (amount / age.where(age > 0)).fillna(0.0)


def _shared_rate(amount: pd.Series, age: pd.Series) -> pd.Series:
    return pd.Series(amount.sum() / age.sum() if age.sum() > 0 else 0.0, index=amount.index, dtype=np.float64)
