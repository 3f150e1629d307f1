"""What every engine promises of tables."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.warehouse.build import prepare_build
from pipelines.warehouse.duckdb_tables import open_tables
from pipelines.warehouse.spark_session import running_spark
from pipelines.warehouse.tables import Tables
from tests.spark.conftest import lacking

NIGHT, NEXT_NIGHT = date(2026, 6, 30), date(2026, 7, 1)


def duckdb_tables(folder: Path) -> AbstractContextManager[Tables]:
    prepare_build(folder / "build.duckdb", folder / "nothing is published", {})
    return open_tables(folder / "build.duckdb")


def spark_tables(folder: Path) -> AbstractContextManager[Tables]:
    from pipelines.warehouse.spark_tables import forget_tables, open_spark_tables

    prepare_build(folder / "build.duckdb", folder / "nothing is published", {})
    forget_tables(folder / "build.duckdb")  # the session is one for all tests
    return open_spark_tables(folder / "build.duckdb")


WITH_SPARK = (pytest.mark.xdist_group("spark"), pytest.mark.wide)


@pytest.fixture(scope="module", autouse=True)
def one_session() -> Iterator[None]:
    with running_spark():
        yield


@pytest.fixture(params=[duckdb_tables, pytest.param(spark_tables, marks=WITH_SPARK)])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tables]:
    if request.param is spark_tables and (reason := lacking()):
        pytest.skip(reason)
    with request.param(tmp_path) as opened:
        yield opened


def metrics(model: str, *values: float) -> pd.DataFrame:
    return pd.DataFrame({"model": [model] * len(values), "value": list(values)}).astype({"model": "str"})


def rows(tables: Tables, address: str = "ml.metrics") -> list[tuple]:
    return sorted(tables.first_rows(address, 100))


def test_what_is_written_is_read_in_its_order_with_the_night_as_the_last_column(tables: Tables) -> None:
    frame = pd.DataFrame({"customer_id": ["b", "a"], "value": [1.5, None], "since": pd.to_datetime(["2026-01-02"] * 2)})
    tables.write("ml.scores", frame, NIGHT)
    assert tables.first_rows("ml.scores") == [
        ("b", 1.5, date(2026, 1, 2), NIGHT),
        ("a", None, date(2026, 1, 2), NIGHT),
    ]
    assert list(tables.columns("ml.scores")) == ["customer_id", "value", "since", "as_of_date"]
    assert tables.read("select customer_id from ml.scores order by customer_id")["customer_id"].tolist() == ["a", "b"]


def test_the_date_of_the_night_stands_over_one_that_the_frame_brings(tables: Tables) -> None:
    tables.write("ml.scores", pd.DataFrame({"as_of_date": [pd.Timestamp("1999-01-01")], "value": [1]}), NIGHT)
    assert tables.first_rows("ml.scores") == [(1, NIGHT)]


def test_writing_again_replaces_rows_and_columns(tables: Tables) -> None:
    tables.write("ml.scores", pd.DataFrame({"old": [1, 2, 3]}), NIGHT)
    tables.write("ml.scores", pd.DataFrame({"new": [4]}), NEXT_NIGHT)
    assert tables.first_rows("ml.scores") == [(4, NEXT_NIGHT)]


def test_rows_are_added_to_what_was_written(tables: Tables) -> None:
    since = pd.to_datetime(["2026-01-02"])
    tables.write("ml.scores", metrics("churn", 0.7).assign(since=since), NIGHT)
    tables.append("ml.scores", metrics("worth", 5.0).assign(since=since)[["value", "since", "model"]], NIGHT)
    tables.append("ml.scores", metrics("worth").assign(since=since[:0]), NIGHT)
    day = date(2026, 1, 2)
    assert rows(tables, "ml.scores") == [("churn", 0.7, day, NIGHT), ("worth", 5.0, day, NIGHT)]


def test_a_frame_without_rows_is_a_table_whose_columns_have_the_types_of_one_with_rows(tables: Tables) -> None:
    since = pd.to_datetime(["2026-01-02"])
    tables.write("ml.full", metrics("churn", 1.0).assign(since=since), NIGHT)
    tables.write("ml.empty", metrics("churn").assign(since=since[:0]), NIGHT)
    assert tables.count("ml.empty") == 0
    assert tables.columns("ml.empty") == tables.columns("ml.full")


def test_rows_of_one_value_are_replaced_and_all_others_stay(tables: Tables) -> None:
    tables.write_rows("ml.metrics", metrics("churn", 0.7, 0.8), NIGHT, "model", "churn")
    tables.write_rows("ml.metrics", metrics("it's worth", 5.0), NIGHT, "model", "it's worth")
    tables.write_rows("ml.metrics", metrics("churn", 0.9), NEXT_NIGHT, "model", "churn")
    assert rows(tables) == [("churn", 0.9, NEXT_NIGHT), ("it's worth", 5.0, NIGHT)]
    tables.write_rows("ml.metrics", metrics("it's worth"), NEXT_NIGHT, "model", "it's worth")
    assert rows(tables) == [("churn", 0.9, NEXT_NIGHT)]


def test_rows_of_a_table_of_an_earlier_version_get_todays_columns(tables: Tables) -> None:
    tables.write("ml.metrics", metrics("worth", 5.0).assign(gone="x"), NIGHT)
    tables.write_rows("ml.metrics", metrics("churn", 0.9).assign(fresh=1), NIGHT, "model", "churn")
    assert list(tables.columns("ml.metrics")) == ["model", "value", "fresh", "as_of_date"]
    assert rows(tables) == [("churn", 0.9, 1, NIGHT), ("worth", 5.0, None, NIGHT)]


def test_a_table_that_is_not_there_does_not_exist_and_one_that_is_does(tables: Tables) -> None:
    assert not tables.exists("ml.scores")
    tables.write("ml.scores", metrics("churn", 1.0), NIGHT)
    assert tables.exists("ml.scores")
    assert tables.count("ml.scores") == 1
    assert len(tables.first_rows("ml.scores", 0)) == 0
