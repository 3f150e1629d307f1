"""The night of a tiny shop on a real master and two workers, on loopback: it publishes what DuckDB publishes."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.parity.comparison import OF_ONE_RUN, compare
from tests.conftest import REPOSITORY, Run, run_night

CLUSTER = "--master local-cluster[2,1,1024] pyspark-shell"
AS_OF = "2026-06-30"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from pipelines.sample.generator import generate

    folder = tmp_path_factory.mktemp("sample") / "files"
    generate(folder, customers=300, days=400, seed=11)
    return folder


@pytest.fixture(scope="module")
def by_duckdb(tmp_path_factory: pytest.TempPathFactory, files: Path) -> Run:
    run = run_night(tmp_path_factory.mktemp("duckdb") / "data", {"sources": {"sample": str(files)}, "as_of": AS_OF})
    assert run.outcome.is_success, run.told()
    return run


@pytest.fixture(scope="module")
def by_spark(tmp_path_factory: pytest.TempPathFactory, files: Path, by_duckdb: Run) -> Path:
    """The data directory of a night that another process ran on the cluster, with the same secret of ids."""
    home = tmp_path_factory.mktemp("spark") / "data"
    home.mkdir()
    (home / "customer_key").write_bytes((by_duckdb.home / "customer_key").read_bytes())
    options = ["--target", "spark", "--data-dir", str(home), "--source", f"sample={files}", "--as-of", AS_OF]
    ended = subprocess.run(
        [str(Path(sys.executable).with_name("guanxi")), "run", *options],
        cwd=REPOSITORY,
        env={**os.environ, "PYSPARK_SUBMIT_ARGS": CLUSTER, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    logs = "".join(log.read_text()[-4_000:] for log in (home / "logs").glob("*.log"))
    assert ended.returncode == 0, ended.stdout + ended.stderr + logs
    return home


def test_a_cluster_publishes_what_one_machine_publishes(by_duckdb: Run, by_spark: Path) -> None:
    found = compare(by_duckdb.published, by_spark / "published" / "guanxi.duckdb", OF_ONE_RUN)
    assert [f"{table.table}: {sentence}" for table in found for sentence in table.sentences] == []
    assert len(found) > 20
    assert sum(table.row_count for table in found) > 1_000


def test_its_tables_are_parquet_of_spark_and_its_gates_the_same(by_duckdb: Run, by_spark: Path) -> None:
    assert list((by_spark / "warehouse" / "spark" / "marts.db" / "fct_orders").glob("*.parquet"))
    asked = "select table_name, rule, severity, is_passed from ops.gate_results order by all"
    said = []
    for file in (by_duckdb.published, by_spark / "published" / "guanxi.duckdb"):
        with duckdb.connect(str(file), read_only=True) as connection:
            said.append(connection.execute(asked).fetchall())
    assert said[0] == said[1]
