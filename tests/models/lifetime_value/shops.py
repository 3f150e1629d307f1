"""Small invented shops as the feature tables show them. No fixtures and no assertions here."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

TODAY = pd.Timestamp("2025-12-31")
WINDOW_DAYS = 90
PAST = [TODAY - pd.Timedelta(days=days) for days in (90, 180, 270, 360)]  # test, validation, and to learn from


@dataclass(frozen=True)
class Tables:
    """What the pipeline hands to the forecast."""

    features: pd.DataFrame
    outcomes: pd.DataFrame
    purchase_days: pd.DataFrame

    def with_changes(self, **changes: pd.DataFrame) -> "Tables":
        """The same with some tables replaced."""
        return Tables(**{**vars(self), **changes})


def simulate_orders(customers: int, history_days: int, seed: int = 0) -> pd.DataFrame:
    """Days with a purchase up to TODAY of customers who live as BG/NBD and Gamma-Gamma say."""
    random = np.random.default_rng(seed)
    rate, leaving = random.gamma(0.8, 1 / 40, customers), random.beta(0.8, 2.5, customers)
    spend = 300 / random.gamma(4, 1, customers)
    clock, alive, rows = random.integers(0, history_days, customers).astype(float), np.arange(customers), []
    while alive.size:
        alive = alive[clock[alive] <= history_days]
        amount = spend[alive] * random.gamma(6, 1 / 6, alive.size) + 0.01
        rows.append(pd.DataFrame({"customer": alive, "day": clock[alive].astype(int), "net_amount": amount.round(2)}))
        is_first = len(rows) == 1
        alive = alive[is_first | (random.random(alive.size) >= leaving[alive])]
        clock[alive] += 1 + random.exponential(1 / rate[alive])
    orders = pd.concat(rows)
    orders["purchase_date"] = TODAY - pd.to_timedelta(history_days - orders.pop("day"), unit="D")
    orders["customer_id"] = orders.pop("customer").map("c{:05d}".format)
    return orders.groupby(["customer_id", "purchase_date"], as_index=False)["net_amount"].sum()


def features_of(orders: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    """The columns of features.customer_features that matter here, at one date."""
    known = orders[orders["purchase_date"] <= date].assign(ago=lambda days: (date - days["purchase_date"]).dt.days)
    groups = known.groupby("customer_id")
    repeats = known[known.duplicated("customer_id")].groupby("customer_id")["net_amount"].mean()
    first, last = groups["purchase_date"].min(), groups["purchase_date"].max()
    columns = {
        "as_of_date": date,
        "is_today": date == TODAY,
        "frequency": groups.size() - 1,
        "recency_days": (last - first).dt.days,
        "age_days": (date - first).dt.days,
        "monetary_value": repeats.reindex(first.index),
        "days_since_last_order": (date - last).dt.days,
        "net_sales": groups["net_amount"].sum(),
    }
    for days in (30, 90, 180, 365):
        recent = known[known["ago"] < days].groupby("customer_id")["net_amount"]
        columns[f"net_sales_{days}d"] = recent.sum().reindex(first.index, fill_value=0.0)
        columns[f"order_count_{days}d"] = recent.size().reindex(first.index, fill_value=0)
    for days in (30, 90, 180):
        then = known[known["ago"].between(365 - days, 364)].groupby("customer_id")["net_amount"]
        columns[f"net_sales_last_year_{days}d"] = then.sum().reindex(first.index, fill_value=0.0)
    columns["net_sales_12m"] = columns["net_sales_365d"]  # no leap day lies in these shops
    return pd.DataFrame(columns).reset_index()


def outcomes_of(orders: pd.DataFrame, date: pd.Timestamp, days: int = WINDOW_DAYS) -> pd.DataFrame:
    """The columns of features.customer_outcomes that matter here, at one date."""
    window = orders[orders["purchase_date"].between(date, date + pd.Timedelta(days=days), inclusive="right")]
    customers = features_of(orders, date)[["customer_id", "as_of_date"]]
    groups = window.groupby("customer_id")["net_amount"]
    later = groups.agg(future_order_days="size", future_net_sales="sum").reset_index()
    return customers.merge(later, how="left").fillna(0.0).assign(horizon_days=days)


def tables_of(orders: pd.DataFrame) -> Tables:
    """All tables of a shop with these days with a purchase; past dates are those with 20 days of history."""
    known = [date for date in PAST if orders["purchase_date"].min() + pd.Timedelta(days=20) <= date]
    return Tables(
        features=pd.concat([features_of(orders, date) for date in [*known, TODAY]], ignore_index=True),
        outcomes=pd.concat([outcomes_of(orders, date) for date in known] or [outcomes_of(orders, TODAY).head(0)]),
        purchase_days=orders,
    )
