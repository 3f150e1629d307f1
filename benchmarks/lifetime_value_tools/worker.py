"""What is the same for every tool measured: read customers, time fit and score, write forecasts, print one JSON line.

Runs inside the environment of each tool, so it knows numpy, pandas and the standard library, and nothing of Guanxi.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd


class Tool(Protocol):
    """One way to fit a BG/NBD and a Gamma-Gamma and to score with them. Parameters go by the names of the papers."""

    package: str

    def fit_orders(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters r, alpha, a, b."""

    def fit_spend(self, customers: pd.DataFrame) -> dict[str, float]:
        """Parameters p, q, v, from the customers with repeat purchases."""

    def score_orders(self, customers: pd.DataFrame, horizon: float) -> np.ndarray:
        """Expected purchases of each customer within the horizon."""

    def score_spend(self, customers: pd.DataFrame) -> np.ndarray:
        """Expected money per purchase of each customer."""


def measure(tool: Tool) -> None:
    """Run `tool` on the customers of argv[1] for the horizon argv[3]; forecasts go to argv[2], the rest to stdout.

    Each step is run argv[4] times and its shortest time kept: other work on the machine only ever lengthens it.
    """
    customers, target, horizon = pd.read_parquet(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    seconds: dict[str, float] = {}
    orders_parameters = _timed(seconds, "fit_orders", lambda: tool.fit_orders(customers))
    spend_parameters = _timed(seconds, "fit_spend", lambda: tool.fit_spend(customers))
    orders = _timed(seconds, "score_orders", lambda: tool.score_orders(customers, horizon))
    spend = _timed(seconds, "score_spend", lambda: tool.score_spend(customers))
    pd.DataFrame({"orders": orders, "spend": spend}).to_parquet(target)
    report = {
        "versions": {name: version(name) for name in (tool.package, "numpy", "scipy", "pandas")},
        "python": sys.version.split()[0],
        "seconds": seconds,
        "parameters": {name: float(value) for name, value in (orders_parameters | spend_parameters).items()},
        "standard_errors": getattr(tool, "standard_errors", {}),
        "peak_bytes": _peak_bytes(),
    }
    print(json.dumps(report))


def _peak_bytes() -> int:
    """Most memory this process held. Linux's getrusage starts from the parent's peak, its VmHWM does not."""
    status = Path("/proc/self/status")
    if status.exists():
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # macOS counts bytes


def _timed(seconds: dict[str, float], name: str, step: Callable[[], Any]) -> Any:
    result, seconds[name] = None, float("inf")
    for _ in range(int(sys.argv[4])):
        began = time.perf_counter()
        result = step()
        seconds[name] = min(seconds[name], time.perf_counter() - began)
    return result
