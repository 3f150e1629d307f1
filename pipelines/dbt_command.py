"""dbt in this process, so that it neither starts nor parses anew. What its results mean stands in dbt_results.

A command leaves nothing open: DuckDB's file is free when it returns, whatever came of it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from pipelines.folders import DBT_PROJECT

RESULTS = "run_results.json"


class DbtFailed(Exception):
    """dbt could not get to the point of building anything."""


def run_dbt(arguments: list[str], warehouse: Path, target: Path, manifest: Any = None, engine: str = "duckdb") -> bool:
    """Run a command of dbt's on our project and the DuckDB file `warehouse`; whether all that it did succeeded.

    What dbt keeps of it (results, compiled SQL, log) goes to the folder `target`, what it says to standard output. With
    a parsed `manifest` (dbt's own object) nothing is parsed. The `engine` is an output of profiles.yml; Spark is the
    session of this process, and parses for itself. Raises DbtFailed when no node was reached, and what interrupted it.
    """
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    os.environ["GUANXI_WAREHOUSE"] = str(warehouse)
    folders = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    kept = ["--target-path", str(target), "--log-path", str(target), "--log-level-file", "info"]
    with _nothing_left_open(), _as_strict_as_we_are() if engine == "spark" else nullcontext():
        is_parsed = manifest is not None and engine == "duckdb"
        # dbt would write the manifest that it was given once more, which takes longer than a small shop's tables
        command = [*arguments, "--target", engine, *folders, *kept, "--no-use-colors", *["--no-write-json"] * is_parsed]
        ended = dbtRunner(manifest if is_parsed else None).invoke(command)
        if is_parsed and isinstance(ended.result, RunExecutionResult):
            ended.result.write(str(target / RESULTS))
    if ended.exception and not isinstance(ended.exception, Exception):
        raise ended.exception  # a person, or the orchestrator, ended the run
    if ended.exception:
        raise DbtFailed(f"dbt {arguments[0]}: {ended.exception}") from ended.exception
    return ended.success


@contextmanager
def _nothing_left_open() -> Iterator[None]:
    """dbt keeps its connection for the next command of the same process; ours is another reader or writer."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.adapters.factory import reset_adapters
    from dbt_common.events.event_manager_client import cleanup_event_logger

    try:
        yield
    finally:
        reset_adapters()
        DuckDBConnectionManager.close_all_connections()
        cleanup_event_logger()  # whose last stream, the run's log, is closed before the process ends


@contextmanager
def _as_strict_as_we_are() -> Iterator[None]:
    """dbt-spark takes ANSI from every session it is given, so that a bad cast or an overflow became nothing."""
    from dbt.adapters.spark import connections

    kind: Any = connections.SparkCredentials
    loosened = kind.__post_init__

    def keep_ansi(credentials: Any) -> None:
        loosened(credentials)
        credentials.server_side_parameters["spark.sql.ansi.enabled"] = "true"

    kind.__post_init__ = keep_ansi
    try:
        yield
    finally:
        kind.__post_init__ = loosened
