"""A simulated shop whose customers buy in a rhythm of their own, and may have bought for the last time each time."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

TODAY = pd.Timestamp("2026-06-30")


@pytest.fixture(scope="session")
def make_shop() -> Callable[..., pd.DataFrame]:
    """A function that simulates purchase days of so many customers, up to `after` days after today."""

    def make(
        customers: int = 3000,
        days: int = 1200,
        after: int = 0,
        stays: float = 0.8,
        regularity: float = 3.0,
        spread: float = 0.6,
        seed: int = 0,
    ) -> pd.DataFrame:
        random = np.random.default_rng(seed)
        rhythm = 40.0 * np.exp(random.normal(0, spread, customers))
        day = np.floor(random.uniform(-days, 1, customers))
        here, parts = np.arange(customers), []
        while here.size:
            parts.append(pd.DataFrame({"number": here, "day": day}))
            stayed = random.random(here.size) < stays
            here, day = here[stayed], day[stayed]
            gap = rhythm[here] * random.gamma(regularity, 1 / regularity, here.size)
            day = day + np.maximum(np.ceil(gap), 1)
            here, day = here[day <= after], day[day <= after]
        told = pd.concat(parts, ignore_index=True)
        names = np.array([f"c{number:05d}" for number in range(customers)])
        dates = TODAY + pd.to_timedelta(told["day"], unit="D")
        return pd.DataFrame({"customer_id": names[told["number"]], "purchase_date": dates})

    return make


@pytest.fixture(scope="session")
def lived_on(make_shop) -> pd.DataFrame:
    """The shop, and what followed today. Not to be changed."""
    return make_shop(customers=10_000, after=365)


@pytest.fixture(scope="session")
def shop(lived_on) -> pd.DataFrame:
    """What is known of it today. Not to be changed."""
    return lived_on[lived_on["purchase_date"] <= TODAY].reset_index(drop=True)


@pytest.fixture(scope="session")
def days_of_one() -> Callable[..., pd.DataFrame]:
    """A function from so many days before today on which one customer bought to a frame of purchase days."""

    def made(*days_ago: int, name: str = "only") -> pd.DataFrame:
        dates = [TODAY - pd.Timedelta(days=days) for days in days_ago]
        return pd.DataFrame({"customer_id": [name] * len(dates), "purchase_date": pd.to_datetime(dates)})

    return made
