"""One score of one shop: learned, then asked, and a yardstick beside. Each is called in a process of its own."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from predictions.shop import AS_OF
from scipy import optimize, special
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from pipelines.modelling.scoring import Asking, Scored, keep_parts, read_inputs, scores
from pipelines.settings.model import Settings
from pipelines.warehouse.duckdb_tables import DuckDBTables
from pipelines.warehouse.tables import Tables

PAGE = os.sysconf("SC_PAGE_SIZE")


def learn(name: str, file: Path) -> tuple[dict[str, Any], Any]:
    """What learning took, reading included, and the model."""

    def work() -> Any:
        training = scores()[name].training
        assert training is not None
        return training.call(_read(file, training.inputs), Settings()).model

    return watched(work)


def ask(name: str, file: Path, model: Any) -> tuple[dict[str, Any], int]:
    """What scoring took, reading and writing included, and how many rows its first table has."""

    @contextmanager
    def tables() -> Iterator[Tables]:
        with duckdb.connect(str(file)) as connection:
            connection.execute("set threads = 2")
            connection.execute("create schema if not exists ml")
            yield DuckDBTables(connection)

    def read(query: str) -> pd.DataFrame:
        return _read(file, {"one": query})["one"]

    def work() -> int:
        score = scores()[name]
        learned = Scored({table: pd.DataFrame({"nothing": []}) for table in score.tables})  # is not what is measured
        keep_parts(tables, Asking(score, read, Settings(), model), learned, AS_OF)
        return int(read(f"select count(*) as rows from ml.{score.tables[0]}")["rows"].iloc[0])

    return watched(work)


def grow_trees() -> float:
    """Seconds of scikit-learn's boosting as it comes, of 20,000 rows and 40 features drawn: the same for any shop."""
    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 40))
    y = X[:, :3].sum(axis=1) + random.normal(size=20_000) > 0
    with threadpool_limits(1):  # two threads on a busy machine mostly wait for each other
        began = time.perf_counter()
        HistGradientBoostingClassifier(random_state=0).fit(X, y)
        return time.perf_counter() - began


def fit_by_hand(file: Path) -> float:
    """Seconds of a BG/NBD fit of 100,000 customers at most as the paper has it: every row, and no gradient."""
    today = "select frequency, recency_days, age_days from features.customer_features where is_today"
    query = {"rows": f"{today} order by customer_id limit 100000"}
    x, last, age = _read(file, query)["rows"].to_numpy(dtype=float).T

    def loss(logarithms: np.ndarray) -> float:
        r, alpha, a, b = np.exp(logarithms)
        alive = -(r + x) * np.log(alpha + age / 100)
        gone = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + last / 100)
        both = np.where(x > 0, np.logaddexp(alive, gone), alive)
        counts = special.gammaln(r + x) - special.gammaln(r) + special.betaln(a, b + x) - special.betaln(a, b)
        return -float((counts + r * np.log(alpha) + both).mean())

    began = time.perf_counter()
    optimize.minimize(loss, np.zeros(4), method="Nelder-Mead")
    return time.perf_counter() - began


def watched(work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """Seconds and CPU seconds of the work, the most memory of this process meanwhile, and what it gives."""
    peak, is_over = [_resident()], threading.Event()

    def look() -> None:
        while not is_over.wait(0.02):
            peak[0] = max(peak[0], _resident())

    watcher = threading.Thread(target=look)
    watcher.start()
    began, cpu = time.perf_counter(), time.process_time()
    try:
        given = work()
    finally:
        is_over.set()
        watcher.join()
    took = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu, "peak_bytes": peak[0]}
    return took, given


def _read(file: Path, inputs: Any) -> dict[str, pd.DataFrame]:
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("set threads = 2")
        return read_inputs(DuckDBTables(connection), inputs)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
