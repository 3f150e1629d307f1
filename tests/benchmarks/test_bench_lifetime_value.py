"""The benchmark's own customers and its command line. What it measures is printed by itself, never tested."""

import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.lifetime_value.beta_geo import BetaGeoModel

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def customers() -> dict:
    return runpy.run_path(str(BENCHMARKS / "lifetime_value_tools" / "customers.py"))


def test_simulated_customers_buy_as_often_as_their_parameters_say(customers: dict) -> None:
    true, seen = customers["TRUE_PARAMETERS"], customers["simulate"](200_000, seed=3)
    model = BetaGeoModel().with_parameters([true[name] for name in ("r", "alpha", "a", "b")])
    expected = model.expected_purchases(seen["T"].to_numpy())
    error = (seen["frequency"] - expected).to_numpy()
    assert abs(error.mean()) < 4 * error.std() / np.sqrt(len(seen))


def test_recorded_customers_have_whole_days_and_cents_and_are_still_possible(customers: dict) -> None:
    recorded = customers["as_recorded"](customers["simulate"](20_000, seed=4))
    days, money = recorded[["frequency", "recency", "T"]], recorded["monetary_value"].dropna()
    pd.testing.assert_frame_equal(days, days.round())
    assert (recorded["recency"] <= recorded["T"]).all()
    assert ((recorded["recency"] > 0) == (recorded["frequency"] > 0)).all()
    assert np.allclose(money * 100, np.round(money * 100))


def test_the_script_prints_recovery_and_speed_without_arguments_but_the_size() -> None:
    command = [sys.executable, BENCHMARKS / "bench_lifetime_value.py", "--customers", "3000"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Recovery of known parameters" in printed
    assert "peak MB" in printed
