"""The last line before readers: what is not what was built, or is personal, is refused, and they keep what they had."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.shop import Night, write_night
from pipelines.warehouse import publication
from pipelines.warehouse.build import connect, prepare_build, row_counts
from pipelines.warehouse.publication import (
    BUILT_SCHEMAS,
    AuditFailed,
    Description,
    Publication,
    publish,
    published_file,
)
from pipelines.warehouse.trust import IS_BUILT, Result, record_results

PERSONAL = {"email", "phone"}
ABOUT_CUSTOMERS = Description("One row per customer, the shop's.", {"customer_id": "The person.", "net_sales": "Paid."})


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build warehouse with one mart that is a table and one that is a view over files, as those of ops are."""
    file = tmp_path / "warehouse" / "guanxi.duckdb"
    prepare_build(file, tmp_path / "published" / "guanxi.duckdb")
    parts = tmp_path / "parts"
    parts.mkdir()
    with connect(file) as connection:
        write_night(connection, Night(date(2026, 6, 1), "Asia/Shanghai", "CNY", "sample"))
        connection.execute(
            "create table marts.dim_customers as select 'c' || i as customer_id, i as net_sales from range(9) as n(i)"
        )
        connection.execute(f"copy (select 1 as row_number) to '{parts}/first.parquet' (format parquet)")
        connection.execute(f"create view ops.ingested_files as select * from read_parquet('{parts}/*.parquet')")
    return file


def publish_once(build: Path, day: int) -> None:
    """Publish the build as of a day of June 2026."""
    wanted = Publication(f"2026060{day}", "run", date(2026, 6, day), "sample", datetime(2026, 6, day))
    trust(build)
    publish(build, folder_of(build), wanted, PERSONAL, {"marts.dim_customers": ABOUT_CUSTOMERS}, promised={})


def trust(build: Path) -> None:
    """Say of every table that it was built tonight: what is wrong with it is left to the audit."""
    with connect(build) as connection:
        built = row_counts(connection, BUILT_SCHEMAS)
        record_results(connection, "run", "dbt", {table: [Result(IS_BUILT, "error", True)] for table in built})


def folder_of(build: Path) -> Path:
    return build.parents[1] / "published"


def seen(build: Path) -> dict[str, bytes]:
    """Every file under the folder that readers see."""
    return {
        str(path.relative_to(folder_of(build))): path.read_bytes()
        for path in folder_of(build).rglob("*")
        if path.is_file()
    }


def lose_rows_while_copying(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy in which three customers are missing, as after a failing disk."""
    real = publication._write

    def lossy(source: Path, generation: Path, *rest: object) -> Publication:
        done = real(source, generation, *rest)
        with duckdb.connect(str(generation / "guanxi.duckdb")) as connection:
            connection.execute("delete from marts.dim_customers where net_sales < 3")
        return done

    monkeypatch.setattr(publication, "_write", lossy)


def land_a_part_while_copying(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that lands under the view after its rows were copied."""
    real = publication._write

    def overtaken(source: Path, generation: Path, *rest: object) -> Publication:
        done = real(source, generation, *rest)
        part = build.parents[1] / "parts" / "second.parquet"
        duckdb.sql(f"copy (select 2 as row_number) to '{part}' (format parquet)")
        return done

    monkeypatch.setattr(publication, "_write", overtaken)


def drop_a_table_while_copying(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy in which a whole table is missing."""
    real = publication._write

    def forgetful(source: Path, generation: Path, *rest: object) -> Publication:
        done = real(source, generation, *rest)
        with duckdb.connect(str(generation / "guanxi.duckdb")) as connection:
            connection.execute("drop table ops.ingested_files")
        return done

    monkeypatch.setattr(publication, "_write", forgetful)


def put_an_address_into_a_mart(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that selects one column too many."""
    with connect(build) as connection:
        connection.execute("alter table marts.dim_customers add column email varchar default 'secret@example.com'")


def put_a_phone_in_capitals_into_a_score(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same under another spelling, in another schema."""
    with connect(build) as connection:
        connection.execute("create table ml.scores as select 'secret' as \"Phone\"")


FAULTS = {
    lose_rows_while_copying: "rows of marts.dim_customers differ",
    land_a_part_while_copying: "rows of ops.ingested_files differ",
    drop_a_table_while_copying: "rows of ops.ingested_files differ",
    put_an_address_into_a_mart: "personal fields would be published: marts.dim_customers.email",
    put_a_phone_in_capitals_into_a_score: "personal fields would be published: ml.scores.Phone",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_file_that_fails_its_audit_is_not_seen_and_leaves_what_readers_have(
    fault, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_once(build, 1)
    before = seen(build)
    with monkeypatch.context() as patch:
        fault(build, patch)
        with pytest.raises(AuditFailed, match=FAULTS[fault]):
            publish_once(build, 2)
    assert seen(build) == before
    assert not any(b"secret" in content for content in seen(build).values())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_first_file_that_fails_its_audit_leaves_nothing_for_readers(
    fault, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(build, monkeypatch)
    with pytest.raises(AuditFailed):
        publish_once(build, 1)
    assert seen(build) == {}


def test_the_night_after_a_failed_audit_is_published(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_once(build, 1)
    with monkeypatch.context() as patch:
        put_an_address_into_a_mart(build, patch)
        lose_rows_while_copying(build, patch)
        with pytest.raises(AuditFailed):
            publish_once(build, 2)
    with connect(build) as connection:
        connection.execute("alter table marts.dim_customers drop column email")
    publish_once(build, 3)
    with connect(published_file(folder_of(build)), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.dim_customers").fetchall() == [(9,)]
        assert connection.execute("select as_of_date from ops.publications").fetchall() == [(date(2026, 6, 3),)]


def test_comments_reach_the_published_tables_and_their_parquet(build: Path) -> None:
    publish_once(build, 1)
    with connect(published_file(folder_of(build)), read_only=True) as connection:
        commented = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'dim_customers' order by column_index"
        ).fetchall()
    assert commented == list(ABOUT_CUSTOMERS.columns.items())
    parquet = folder_of(build) / "parquet" / "marts" / "dim_customers.parquet"
    kept = duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{parquet}')").fetchall()
    assert dict(kept) == {
        "comment": ABOUT_CUSTOMERS.table,
        "column_comments": '{"customer_id":"The person.","net_sales":"Paid."}',
    }
