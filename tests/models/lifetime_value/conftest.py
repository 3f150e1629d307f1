"""Customers to test on: CDNOW, and simulated ones whose parameters are known. No assertions here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.models.lifetime_value.shops import Tables, simulate_orders, tables_of

CALIBRATION_END = pd.Timestamp("1997-09-30")


@pytest.fixture(scope="session")
def cdnow(shared_data: Callable[[str], Path]) -> pd.DataFrame:
    """The 2,357 customers of the 1/10 sample, in weeks of seven days, with what they bought in the holdout."""
    return _weeks_of(shared_data("cdnow") / "sample.parquet", "sample_customer_id")


@pytest.fixture(scope="session")
def cdnow_master(shared_data: Callable[[str], Path]) -> pd.DataFrame:
    """All 23,570 customers of CDNOW, likewise."""
    return _weeks_of(shared_data("cdnow") / "master.parquet", "customer_id")


def _weeks_of(file: Path, customer: str) -> pd.DataFrame:
    lines = pd.read_parquet(file)
    days = lines.groupby([customer, pd.to_datetime(lines["date"])])["amount"].sum().reset_index()
    known, later = days[days["date"] <= CALIBRATION_END], days[days["date"] > CALIBRATION_END]
    repeats = known[known.duplicated(customer)].groupby(customer)["amount"]
    known, later = known.groupby(customer), later.groupby(customer)
    customers = pd.DataFrame(
        {
            "frequency": known.size() - 1,
            "recency": (known["date"].max() - known["date"].min()).dt.days / 7,
            "T": (CALIBRATION_END - known["date"].min()).dt.days / 7,
            "monetary_value": repeats.mean().where(lambda mean: mean > 0),
            "past_spend": known["amount"].sum(),
            "repeat_spend": repeats.sum(),
            "future_count": later.size(),
            "future_spend": later["amount"].sum(),
        }
    )
    amounts = ["repeat_spend", "future_count", "future_spend"]
    return customers.assign(**customers[amounts].fillna(0.0))


@dataclass(frozen=True)
class Simulation:
    """Simulated customers: what was seen until T, and what came in the `later` time after it."""

    seen: pd.DataFrame
    later_count: np.ndarray
    is_alive: np.ndarray


@pytest.fixture(scope="session")
def simulate() -> Callable[..., Simulation]:
    """A function that simulates customers of either model from its four parameters."""

    def draw(
        model: str, parameters: tuple[float, ...], size: int, age: float | np.ndarray, later: float, seed: int
    ) -> Simulation:
        random = np.random.default_rng(seed)
        r, alpha, first, second = parameters
        rate = random.gamma(r, 1 / alpha, size)
        chance = random.beta(first, second, size) if model == "beta_geo" else np.zeros(size)
        death = random.exponential(1 / random.gamma(first, 1 / second, size)) if model == "pareto" else np.inf
        death, age = np.broadcast_to(death, size).copy(), np.broadcast_to(age, size)
        return _live(random, rate, chance, death, age, later)

    return draw


def _live(
    random: np.random.Generator, rate: np.ndarray, chance: np.ndarray, death: np.ndarray, age: np.ndarray, later: float
) -> Simulation:
    """Walks all customers from purchase to purchase until they die or the time is over."""
    clock, last = np.zeros(rate.size), np.zeros(rate.size)
    seen, after = np.zeros(rate.size), np.zeros(rate.size)
    walking = np.arange(rate.size)
    while walking.size:
        clock[walking] += random.exponential(1 / rate[walking])
        walking = walking[clock[walking] <= np.minimum(death, age + later)[walking]]
        early = walking[(clock <= age)[walking]]
        seen[early] += 1
        last[early] = clock[early]
        after[walking[(clock > age)[walking]]] += 1
        leaving = random.random(walking.size) < chance[walking]
        death[walking[leaving]] = clock[walking[leaving]]
        walking = walking[~leaving]
    histories = pd.DataFrame({"frequency": seen, "recency": last, "T": age})
    return Simulation(histories, after, death > age)


@pytest.fixture(scope="session")
def tables() -> Tables:
    """A shop of 1,600 customers and 700 days; its test date has more than 545 days of history, its validation less."""
    return tables_of(simulate_orders(1_600, 700))
