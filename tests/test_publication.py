"""The last line before readers: what is not what was built, or is personal, is refused, and they keep what they had."""

import stat
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.night.shop import Night, write_night
from pipelines.tables import DeclaredColumn, DeclaredTable, declared_tables, history
from pipelines.warehouse import publication
from pipelines.warehouse.build import connect, prepare_build, row_counts
from pipelines.warehouse.publication import (
    BUILT_SCHEMAS,
    Publication,
    publish,
    published_file,
    settle,
)
from pipelines.warehouse.restricted_tables import ACCOUNTS, CONTACTS
from pipelines.warehouse.trust import IS_BUILT, AuditFailed, Result, record_results

PERSONAL = {"email", "phone"}
ABOUT_CUSTOMERS = DeclaredTable(
    "marts.dim_customers",
    "customers",
    "One row per customer, the shop's.",
    is_built_by_dbt=True,
    is_history=False,
    columns=(
        DeclaredColumn("customer_id", "string", "The person.", is_required=True),
        DeclaredColumn("net_sales", "bigint", "Paid."),
    ),
    key=("customer_id",),
)
ABOUT_FILES = DeclaredTable(
    "ops.ingested_files",
    "operations",
    "One row per file.",
    is_built_by_dbt=False,
    is_history=False,
    columns=(
        DeclaredColumn("row_number", "integer", "Its number."),
        DeclaredColumn("original", "string", "What was in it.", is_personal=True),
    ),
)
OWN = {address: declared_tables()[address] for address in ("ops.night", *history())}
DECLARED = {table.address: table for table in (ABOUT_CUSTOMERS, ABOUT_FILES)} | OWN


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build warehouse with one mart that is a table and one that is a view over files, as those of ops are."""
    file = tmp_path / "warehouse" / "guanxi.duckdb"
    prepare_build(file, tmp_path / "published" / "guanxi.duckdb", history())
    parts = tmp_path / "parts"
    parts.mkdir()
    with connect(file) as connection:
        write_night(connection, Night(date(2026, 6, 1), "Asia/Shanghai", "CNY", "sample"))
        connection.execute(
            "create table marts.dim_customers as select 'c' || i as customer_id, i as net_sales from range(9) as n(i)"
        )
        connection.execute(
            f"copy (select 1 as row_number, 'secret' as original) to '{parts}/first.parquet' (format parquet)"
        )
        connection.execute(f"create view ops.ingested_files as select * from read_parquet('{parts}/*.parquet')")
    return file


def publish_once(build: Path, day: int) -> None:
    """Publish the build as of a day of June 2026."""
    wanted = Publication(f"2026060{day}", "run", date(2026, 6, day), "sample", datetime(2026, 6, day))
    trust(build)
    publish(build, folder_of(build), wanted, PERSONAL, DECLARED, promised={})


def trust(build: Path, *schemas: str) -> None:
    """Say of every table that it was built tonight: what is wrong with it is left to the audit."""
    with connect(build) as connection:
        built = row_counts(connection, schemas or BUILT_SCHEMAS)
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
        duckdb.sql(f"copy (select 2 as row_number, 'secret' as original) to '{part}' (format parquet)")
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
    """A model, and its yml, with one column too many."""
    with connect(build) as connection:
        connection.execute("alter table marts.dim_customers add column email varchar default 'secret@example.com'")
    columns = (*ABOUT_CUSTOMERS.columns, DeclaredColumn("email", "string", "Where to write to."))
    monkeypatch.setitem(DECLARED, "marts.dim_customers", replace(ABOUT_CUSTOMERS, columns=columns))


def put_a_column_into_a_mart_that_its_yml_does_not_know(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that is not what was declared."""
    with connect(build) as connection:
        connection.execute("alter table marts.dim_customers add column mobile varchar default 'secret'")


def put_a_phone_in_capitals_into_a_score(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same under another spelling, in another schema."""
    with connect(build) as connection:
        connection.execute("create table ml.scores as select 'secret' as \"Phone\"")
    columns = (DeclaredColumn("Phone", "string", "Where to call."),)
    scores = replace(ABOUT_CUSTOMERS, address="ml.scores", columns=columns, key=())
    monkeypatch.setitem(DECLARED, "ml.scores", scores)


def give_two_customers_one_key(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that breaks what it declares, and that no gate has seen."""
    with connect(build) as connection:
        connection.execute("update marts.dim_customers set customer_id = 'c1' where net_sales < 3")


FAULTS = {
    lose_rows_while_copying: "rows of marts.dim_customers differ",
    land_a_part_while_copying: "rows of ops.ingested_files differ",
    drop_a_table_while_copying: "rows of ops.ingested_files differ",
    put_an_address_into_a_mart: "personal fields would be published: marts.dim_customers.email",
    put_a_column_into_a_mart_that_its_yml_does_not_know: "marts.dim_customers.mobile is declared nowhere",
    put_a_phone_in_capitals_into_a_score: "personal fields would be published: ml.scores.Phone",
    give_two_customers_one_key: "marts.dim_customers is not what it declares",
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


def test_what_is_declared_reaches_the_published_tables_their_parquet_and_the_dictionary(build: Path) -> None:
    publish_once(build, 1)
    with connect(published_file(folder_of(build)), read_only=True) as connection:
        columns = connection.execute(
            "select column_name, data_type, is_nullable, comment from duckdb_columns()"
            " where table_name = 'dim_customers' order by column_index"
        ).fetchall()
        keys = connection.execute(
            "select constraint_column_names from duckdb_constraints()"
            " where table_name = 'dim_customers' and constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    assert columns == [("customer_id", "VARCHAR", False, "The person."), ("net_sales", "BIGINT", True, "Paid.")]
    assert keys == [(["customer_id"],)]
    parquet = folder_of(build) / "parquet" / "marts" / "dim_customers.parquet"
    kept = duckdb.sql(f"select decode(key), decode(value) from parquet_kv_metadata('{parquet}')").fetchall()
    assert dict(kept) == {
        "comment": ABOUT_CUSTOMERS.meaning,
        "column_comments": '{"customer_id":"The person.","net_sales":"Paid."}',
    }
    dictionary = (folder_of(build) / "tables.md").read_text()
    assert "One row per customer, the shop's. Key: `customer_id`. 9 rows." in dictionary
    assert "| `net_sales` | bigint | Paid. |" in dictionary


def test_a_large_table_is_not_given_a_second_look_at_its_key(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "MOST_ROWS_WITH_A_KEY", 8)
    publish_once(build, 1)
    with connect(published_file(folder_of(build)), read_only=True) as connection:
        keys = connection.execute(
            "select table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        assert ("gate_results",) in keys
        assert ("dim_customers",) not in keys
        assert connection.execute("select count(*) from marts.dim_customers").fetchall() == [(9,)]
    assert "Key: `customer_id`. 9 rows." in (folder_of(build) / "tables.md").read_text()


def test_a_personal_column_and_a_table_that_nobody_declares_stay_behind(build: Path) -> None:
    with connect(build) as connection:
        connection.execute("create table marts.of_an_earlier_version as select 'secret' as word")
    publish_once(build, 1)
    with connect(published_file(folder_of(build)), read_only=True) as connection:
        assert connection.execute("describe ops.ingested_files").fetchall()[0][0] == "row_number"
        assert len(connection.execute("describe ops.ingested_files").fetchall()) == 1
        [(left,)] = connection.execute(
            "select count(*) from information_schema.tables where table_name = 'of_an_earlier_version'"
        ).fetchall()
    assert left == 0
    assert not any(b"secret" in content for content in seen(build).values())


@pytest.mark.parametrize(
    ("readers", "of_folders", "of_files"),
    [("owner", 0o700, 0o400), ("group", 0o750, 0o440), ("everybody", 0o755, 0o444)],
)
def test_what_is_published_is_for_the_readers_that_the_shop_names(
    build: Path, readers: str, of_folders: int, of_files: int
) -> None:
    wanted = Publication("1", "run", date(2026, 6, 1), "sample", datetime(2026, 6, 1))
    trust(build)
    publish(build, folder_of(build), wanted, PERSONAL, DECLARED, promised={}, readers=readers)
    paths = [path for path in folder_of(build).rglob("*") if not path.is_symlink()]
    files = {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (folder_of(build), *paths) if path.is_dir()}
    assert (files, folders) == ({of_files}, {of_folders})


def test_contacts_of_a_run_killed_between_the_two_swaps_are_those_of_the_published_night(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restricted = build.parents[1] / "restricted"
    monkeypatch.setitem(DECLARED, CONTACTS, declared_tables()[CONTACTS])
    columns = ", ".join(f"{column.name} {column.data_type}" for column in declared_tables()[CONTACTS].columns)
    with connect(build) as connection:
        connection.execute(f"create table {CONTACTS} ({columns})")
        connection.execute(f"create table {ACCOUNTS} (account_key varchar, customer_id varchar, source_name varchar)")

    def night(day: int) -> None:
        wanted = Publication(f"2026060{day}", "run", date(2026, 6, day), "sample", datetime(2026, 6, day))
        trust(build, *BUILT_SCHEMAS, "intermediate")
        publish(build, folder_of(build), wanted, PERSONAL, DECLARED, promised={}, restricted=restricted)

    night(1)
    with monkeypatch.context() as killing:
        killing.setattr(publication, "put_contacts_in_place", kill)
        with pytest.raises(KeyboardInterrupt):
            night(2)
    assert day_of(published_file(folder_of(build)), "ops.publications") == date(2026, 6, 2)
    assert day_of(restricted / "contacts.duckdb", "night") == date(2026, 6, 1)
    settle(folder_of(build), restricted)
    assert day_of(restricted / "contacts.duckdb", "night") == date(2026, 6, 2)
    assert [path.name for path in restricted.iterdir()] == ["contacts.duckdb"]


def kill(*told: object) -> None:
    raise KeyboardInterrupt


def day_of(file: Path, table: str) -> date:
    with connect(file, read_only=True) as connection:
        return connection.execute(f"select max(as_of_date) from {table}").fetchall()[0][0]
