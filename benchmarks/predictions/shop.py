"""Invents the tables that scores are given, for any number of customers, without a night. It measures nothing."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

AS_OF = date(2026, 6, 30)  # of every shop
DAYS = 730
PAST_CUSTOMERS = 50_000  # as the setting feature_past_customers: learning grows no further
DAYS_BACK = sorted({30, 60, 181, 362, 365, 422, 483, 729, *(90 + 30 * number for number in range(13))})
TABLES = Path(__file__).with_name("tables.sql")


def make_shop(file: Path, customers: int, seed: int = 42) -> None:
    """A DuckDB file with the tables that the selects of pipelines/modelling read."""
    with duckdb.connect(str(file)) as connection:
        connection.execute("set threads = 2")
        connection.register("drawn_days", customer_days(customers, np.random.default_rng(seed)))
        connection.register("dates", pd.DataFrame({"days_back": [0, *DAYS_BACK]}))
        names = {"as_of": f"date '{AS_OF}'", "past_customers": PAST_CUSTOMERS}
        connection.execute(TABLES.read_text(encoding="utf-8").format(**names))


def customer_days(customers: int, random: np.random.Generator) -> pd.DataFrame:
    """One row per customer and day with a purchase or a visit: number, day, purchases, money, views.

    Customers buy and visit at a gamma rate until an exponential end, those of the better channel more often; whoever
    visits more than usual buys more. A day counts from the shop's first, 1 to 730, busier towards each year's end.
    """
    channel = random.random(customers) < 0.3
    first = 1 + (DAYS - 1) * random.random(customers) ** 0.8
    rate = random.gamma(0.7, 1 / 130, customers) * np.where(channel, 1.8, 1.0)
    end = np.minimum(first + random.exponential(1 / np.maximum(random.gamma(1.5, 1 / 600, customers), 1e-6)), DAYS)
    worth = 60 * random.gamma(3.0, size=customers) / 2
    bought = np.minimum(random.poisson(rate * (end - first)), 300)
    visited = np.minimum(random.poisson((4 * rate + 0.004) * (end - first)), 600)
    once = _days(np.arange(customers), first, first + 1, random)
    again = _days(np.repeat(np.arange(customers), bought), first, end, random)
    visits = _days(np.repeat(np.arange(customers), visited), first, end, random)
    purchases = pd.concat([once, again]).assign(purchase_count=1)
    purchases["net_amount"] = (worth[purchases["number"]] * random.gamma(4.0, 1 / 4, len(purchases))).round(2)
    views = pd.concat([purchases[["number", "day"]], visits]).assign(purchase_count=0, net_amount=0.0)
    views["view_count"] = 1 + random.poisson(3, len(views))
    return pd.concat([purchases.assign(view_count=0), views])


def past_dates() -> list[date]:
    """The days as of which customers are described, oldest first."""
    return [AS_OF - timedelta(days=days) for days in reversed(DAYS_BACK)]


def _days(number: np.ndarray, first: np.ndarray, end: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    """A day between the first and the end of each, a third of them drawn towards the end of its year."""
    share = random.random(number.size)
    day = first[number] + share * (end[number] - first[number])
    late = (random.random(number.size) < 0.3) & (end[number] - first[number] > 1)
    of_year = 330 + 30 * random.random(number.size)
    moved = np.where(day > 365, 365, 0) + of_year
    fits = late & (moved >= first[number]) & (moved <= end[number])
    return pd.DataFrame({"number": number, "day": np.where(fits, moved, day).astype(int).clip(1, DAYS)})
