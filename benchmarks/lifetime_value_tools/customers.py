"""Customers to measure on: simulated ones whose parameters are known, and CDNOW. Knows no model and no tool.

`python customers.py 1000000 7 file.parquet [--recorded]` writes simulated customers.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

# The published parameters of CDNOW, its weeks turned into days.
TRUE_PARAMETERS = {"r": 0.243, "alpha": 7 * 4.414, "a": 0.793, "b": 2.426, "p": 6.25, "q": 3.74, "v": 15.44}

CALIBRATION_END = pd.Timestamp("1997-09-30")
CALIBRATION_WEEKS = HOLDOUT_WEEKS = 39


def simulate(size: int, seed: int) -> pd.DataFrame:
    """Customers of a BG/NBD with Gamma-Gamma spend: frequency, recency, T and monetary_value, nan without repeats.

    Times are in days and continuous, as the model has them; first purchases are spread evenly over two years.
    """
    random, true = np.random.default_rng(seed), TRUE_PARAMETERS
    age = random.integers(1, 731, size).astype(float)
    rate = random.gamma(true["r"], 1 / true["alpha"], size)
    frequency, recency = _buy(random, rate, random.beta(true["a"], true["b"], size), age)
    scale = random.gamma(true["q"], 1 / true["v"], size)
    total = random.gamma(true["p"] * np.maximum(frequency, 1.0)) / scale
    mean = np.where(frequency > 0, total / np.maximum(frequency, 1.0), np.nan)
    return pd.DataFrame({"frequency": frequency, "recency": recency, "T": age, "monetary_value": mean})


def as_recorded(customers: pd.DataFrame) -> pd.DataFrame:
    """The same customers as a shop's tables hold them: times in whole days, money in whole cents."""
    recency, mean = np.ceil(customers["recency"]), customers["monetary_value"].round(2).clip(lower=0.01)
    return customers.assign(recency=recency, monetary_value=mean)


def cdnow(file: Path) -> pd.DataFrame:
    """The customers of a CDNOW file by 1997-09-30, in weeks of seven days; monetary_value is the mean repeat day."""
    lines = pd.read_parquet(file)
    key = "sample_customer_id" if "sample_customer_id" in lines else "customer_id"
    days = lines.groupby([key, pd.to_datetime(lines["date"])])["amount"].sum().reset_index()
    days = days[days["date"] <= CALIBRATION_END]
    repeats = days[days.duplicated(key)].groupby(key)["amount"].mean()
    known = days.groupby(key)["date"].agg(["size", "min", "max"])
    customers = pd.DataFrame(
        {
            "frequency": known["size"] - 1.0,
            "recency": (known["max"] - known["min"]).dt.days / 7,
            "T": (CALIBRATION_END - known["min"]).dt.days / 7,
            "monetary_value": repeats.where(repeats > 0),
        }
    )
    return customers.reset_index(drop=True)


def _buy(
    random: np.random.Generator, rate: np.ndarray, leaving: np.ndarray, age: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Repeat purchases and the time of the last one, all customers walked from purchase to purchase at once."""
    frequency, recency = np.zeros(rate.size), np.zeros(rate.size)
    buying, clock = np.arange(rate.size), np.zeros(rate.size)
    while buying.size:
        clock = clock + random.exponential(size=buying.size) / np.maximum(rate[buying], 1e-300)
        is_in_time = clock <= age[buying]
        buying, clock = buying[is_in_time], clock[is_in_time]
        frequency[buying] += 1
        recency[buying] = clock
        stays = random.random(buying.size) >= leaving[buying]
        buying, clock = buying[stays], clock[stays]
    return frequency, recency


def main() -> None:
    """Write simulated customers to a Parquet file."""
    customers = simulate(int(sys.argv[1]), int(sys.argv[2]))
    (as_recorded(customers) if "--recorded" in sys.argv else customers).to_parquet(sys.argv[3])


if __name__ == "__main__":
    main()
