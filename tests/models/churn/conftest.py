"""A simulated shop whose customers come, buy at their own pace and leave unseen; tables as the warehouse has them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

TODAY = pd.Timestamp("2024-06-30")
HORIZON = 90


@dataclass(frozen=True)
class Simulated:
    """The tables a forecast gets, and what really happened after today."""

    features: pd.DataFrame
    outcomes: pd.DataFrame
    future: pd.DataFrame


@pytest.fixture(scope="session")
def make_shop() -> Callable[..., Simulated]:
    """A function that simulates a shop and looks at it today and at `past_dates` dates, each 30 days earlier."""

    def make(customers: int = 4000, days: int = 1500, past_dates: int = 12, seed: int = 0) -> Simulated:
        orders = _orders(customers, days, np.random.default_rng(seed))
        dates = [TODAY - pd.Timedelta(days=30 * step) for step in range(past_dates + 1)]
        features = pd.concat([_features(orders, date) for date in dates], ignore_index=True)
        outcomes = [_outcomes(orders, features, date) for date in dates if date + pd.Timedelta(days=HORIZON) <= TODAY]
        empty = _outcomes(orders, features, TODAY).head(0)
        return Simulated(features, pd.concat([empty, *outcomes], ignore_index=True), _outcomes(orders, features, TODAY))

    return make


@pytest.fixture(scope="session")
def shop(make_shop) -> Simulated:
    """A stationary shop of four years: as many come as leave. Not to be changed."""
    return make_shop()


def _orders(customers: int, days: int, random: np.random.Generator) -> pd.DataFrame:
    came = random.uniform(-days, 0, customers)
    stay = random.exponential(300, customers)
    rate = random.gamma(1.2, 1 / 50, customers)
    until = np.minimum(came + stay, HORIZON + 1)
    repeats = random.poisson(rate * (until - came))
    who = np.concatenate([np.arange(customers), np.repeat(np.arange(customers), repeats)])
    when = np.concatenate([came, random.uniform(np.repeat(came, repeats), np.repeat(until, repeats))])
    spend = random.lognormal(3 + random.normal(0, 0.5, customers)[who], 0.5)
    day = TODAY + pd.to_timedelta(np.floor(when), unit="D")
    return pd.DataFrame({"customer_id": [f"c{number:05d}" for number in who], "day": day, "net": spend.round(2)})


def _features(orders: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    known = orders[orders["day"] <= date].assign(ago=lambda frame: (date - frame["day"]).dt.days)
    by_customer = known.groupby("customer_id")
    table = by_customer.agg(
        age_days=("ago", "max"),
        days_since_last_order=("ago", "min"),
        frequency=("ago", lambda ago: ago.nunique() - 1),
        order_count=("ago", "size"),
        net_sales=("net", "sum"),
    )
    table["recency_days"] = table["age_days"] - table["days_since_last_order"]
    for window in (30, 90, 180, 365):
        recent = known[known["ago"] < window].groupby("customer_id")["net"]
        table[f"order_count_{window}d"] = recent.size().reindex(table.index).fillna(0)
        table[f"net_sales_{window}d"] = recent.sum().reindex(table.index).fillna(0.0)
    table["days_between_orders"] = table["recency_days"] / table["frequency"].where(table["frequency"] > 0)
    table["overdue_ratio"] = table["days_since_last_order"] / table["days_between_orders"]
    table["days_since_last_event"] = np.nan  # a shop without a behaviour log
    return table.reset_index().assign(as_of_date=date, is_today=date == TODAY)


def _outcomes(orders: pd.DataFrame, features: pd.DataFrame, date: pd.Timestamp) -> pd.DataFrame:
    here = features[features["as_of_date"] == date].set_index("customer_id")
    is_next = (orders["day"] > date) & (orders["day"] <= date + pd.Timedelta(days=HORIZON))
    bought = orders[is_next].groupby("customer_id")["net"].agg(["size", "sum"]).reindex(here.index).fillna(0)
    table = {
        "as_of_date": date,
        "horizon_days": HORIZON,
        "future_order_count": bought["size"],
        "future_net_sales": bought["sum"],
        "is_churned": bought["size"] == 0,
        "is_eligible": here["days_since_last_order"] < 365,
    }
    return pd.DataFrame(table, index=here.index).reset_index()
