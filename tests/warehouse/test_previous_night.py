"""Which published night tonight's customers are compared with, and what is read of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.tables import declared_tables
from pipelines.warehouse.previous_night import ADDRESS, TOLD_BY, write_previous_segments

TONIGHT = date(2026, 6, 30)


@pytest.fixture
def build() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def publish(folder: Path, name: str, day: str, *tables: str) -> None:
    """A generation of that day, with one customer `c_<name>`."""
    generation = folder / "generations" / name
    generation.mkdir(parents=True)
    with duckdb.connect(str(generation / "guanxi.duckdb")) as connection:
        connection.execute("create schema marts; create schema ops")
        connection.execute(f"create table ops.night as select date '{day}' as as_of_date")
        connection.execute(f"create table marts.dim_customers as select 'c_{name}' as customer_id")
        for table in tables:
            connection.execute(f"create table marts.{table}")


def customers(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    return connection.execute(
        "select customer_id, as_of_date, value_tier, vip_level, rfm_group, churn_band from previous.customer_segments"
    ).fetchall()


def test_what_is_read_is_what_is_compared():
    attributes = {column.name: column for column in declared_tables()["marts.customer_changes"].columns}["attribute"]
    assert list(attributes.values) == list(TOLD_BY)
    assert declared_tables()[ADDRESS].column_names == ["customer_id", "as_of_date", *TOLD_BY]


def test_nobody_is_there_where_nothing_was_published(build, tmp_path):
    assert write_previous_segments(build, tmp_path / "published", TONIGHT) is None
    assert customers(build) == []


def test_it_is_the_newest_earlier_day_whenever_it_was_published(build, tmp_path):
    publish(tmp_path, "1", "2026-06-28")
    publish(tmp_path, "2", "2026-06-29")
    publish(tmp_path, "3", "2026-05-31")  # a past day, built again
    assert write_previous_segments(build, tmp_path, TONIGHT) == date(2026, 6, 29)
    assert [row[:2] for row in customers(build)] == [("c_2", date(2026, 6, 29))]


def test_of_a_day_that_was_published_twice_it_is_the_newer_one_and_tonights_own_never(build, tmp_path):
    for name, day in [("1", "2026-06-29"), ("2", "2026-06-29"), ("3", "2026-06-30")]:
        publish(tmp_path, name, day)
    for _again in range(2):
        assert write_previous_segments(build, tmp_path, TONIGHT) == date(2026, 6, 29)
        assert [row[0] for row in customers(build)] == ["c_2"]


def test_a_day_that_is_run_so_often_that_the_one_before_is_published_no_more_is_still_compared_with_it(build, tmp_path):
    publish(tmp_path, "1", "2026-06-29")
    write_previous_segments(build, tmp_path, TONIGHT)
    (tmp_path / "generations" / "1" / "guanxi.duckdb").unlink()
    publish(tmp_path, "2", "2026-06-30")
    assert write_previous_segments(build, tmp_path, TONIGHT) == date(2026, 6, 29)
    assert [row[0] for row in customers(build)] == ["c_1"]
    assert write_previous_segments(build, tmp_path, date(2026, 6, 29)) is None  # nor with its own day
    assert customers(build) == []


def test_what_an_earlier_version_did_not_publish_is_empty_and_whom_a_table_did_not_know_none(build, tmp_path):
    publish(
        tmp_path,
        "1",
        "2026-06-29",
        "customer_tiers as select 'c_1' as customer_id, 'senior' as value_tier, null as vip_level",
        "customer_churn as select 'another' as customer_id, 'high' as churn_band",
    )
    write_previous_segments(build, tmp_path, TONIGHT)
    assert customers(build) == [("c_1", date(2026, 6, 29), "senior", "none", None, "none")]


def test_a_file_that_cannot_be_read_is_passed_over(build, tmp_path):
    publish(tmp_path, "1", "2026-06-28")
    publish(tmp_path, "2", "2026-06-29")
    (tmp_path / "generations" / "2" / "guanxi.duckdb").write_bytes(b"torn")
    assert write_previous_segments(build, tmp_path, TONIGHT) == date(2026, 6, 28)
