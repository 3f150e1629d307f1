"""Target spark where it cannot run: one line before anything is touched."""

from pathlib import Path

import pytest

from pipelines.problems import BadInput
from pipelines.warehouse import spark_session
from tests.conftest import run_night


def test_a_missing_extra_is_told_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    with pytest.raises(
        BadInput, match=r"target spark needs pyspark and dbt.adapters.spark, not installed here: pip"
    ) as told:
        run_night(tmp_path / "data", {"target": "spark"})
    assert "\n" not in str(told.value)
    assert not (tmp_path / "data" / "lake").exists()


def test_a_missing_java_is_told_before_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(BadInput, match=r"target spark needs Java 17 and finds no .*nowhere/bin/java"):
        run_night(tmp_path / "data", {"target": "spark"})


def test_an_engine_that_there_is_not_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="target: 'oracle': input should be 'duckdb' or 'spark'"):
        run_night(tmp_path / "data", {"target": "oracle"})
