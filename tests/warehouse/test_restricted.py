"""The file of contacts: whose account was whose from night to night, of the night that readers see."""

import os
import stat
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.problems import BadInput
from pipelines.tables import declared_tables
from pipelines.warehouse import restricted
from pipelines.warehouse.build import connect
from pipelines.warehouse.restricted import (
    contacts_file,
    prepare_contacts,
    put_contacts_in_place,
    settle_contacts,
)
from pipelines.warehouse.restricted_tables import ACCOUNTS, CONTACTS
from pipelines.warehouse.trust import AuditFailed

Owners = dict[str, str]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def build_night(home: Path, owners: Owners) -> Path:
    """A build in which these accounts ("source:number") belong to these customers."""
    build = home / "build.duckdb"
    build.unlink(missing_ok=True)
    columns = ", ".join(f"{column.name} {column.data_type}" for column in declared_tables()[CONTACTS].columns)
    with connect(build) as connection:
        connection.execute("create schema intermediate")
        connection.execute(f"create table {CONTACTS} ({columns})")
        for customer in sorted(set(owners.values())):
            connection.execute(
                f"insert into {CONTACTS} (customer_id, name) values (?, ?)", [customer, f"Ms {customer}"]
            )
        connection.execute(f"create table {ACCOUNTS} (account_key varchar, customer_id varchar, source_name varchar)")
        for account, customer in owners.items():
            connection.execute(
                f"insert into {ACCOUNTS} values (?, ?, ?)",
                [account, customer, account.split(":")[0]],
            )
    return build


def run_night(home: Path, day: int, owners: Owners, publication: str = "") -> None:
    """The night of a day of June."""
    named = publication or f"night-{day}"
    prepare_contacts(build_night(home, owners), home / "restricted", named, date(2026, 6, day), declared_tables())
    put_contacts_in_place(home / "restricted", named)


def told(home: Path, select: str) -> list[tuple]:
    with connect(contacts_file(home / "restricted"), read_only=True) as connection:
        return connection.execute(select).fetchall()


def periods(home: Path) -> list[tuple]:
    """Each account with its customer and the days of June on which that began and ended."""
    return told(
        home,
        "select account_id, customer_id, day(valid_from), day(valid_to) from customer_accounts order by 1, 3, 2",
    )


def test_an_account_that_is_not_heard_of_otherwise_keeps_its_one_open_period(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a", "shop:guest:f00": "b"})
    run_night(home, 2, {"shop:1": "a", "shop:guest:f00": "b"})
    assert periods(home) == [("1", "a", 1, None), ("guest:f00", "b", 1, None)]
    assert told(home, "select distinct source_name from customer_accounts") == [("shop",)]


def test_an_account_that_joins_moves_or_leaves_closes_its_period_on_that_night(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a", "shop:2": "b"})
    run_night(home, 2, {"shop:1": "a", "shop:2": "a", "shop:3": "c"})
    run_night(home, 4, {"shop:1": "a", "shop:2": "a"})
    run_night(home, 5, {"shop:1": "a", "shop:2": "a", "shop:3": "c"})
    assert periods(home) == [
        ("1", "a", 1, None),
        ("2", "b", 1, 2),
        ("2", "a", 2, None),
        ("3", "c", 2, 4),
        ("3", "c", 5, None),
    ]


def test_the_same_night_again_changes_nothing(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a", "shop:2": "b"})
    run_night(home, 2, {"shop:1": "a", "shop:2": "a"})
    before = periods(home)
    run_night(home, 2, {"shop:1": "a", "shop:2": "a"}, "again")
    assert periods(home) == before
    assert told(home, "select publication_id from night") == [("again",)]


def test_the_same_night_with_corrected_files_takes_back_what_it_had_said(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a", "shop:2": "b"})
    run_night(home, 2, {"shop:1": "a", "shop:2": "a"})
    run_night(home, 2, {"shop:1": "a", "shop:2": "b"}, "again")
    assert periods(home) == [("1", "a", 1, None), ("2", "b", 1, None)]


def test_a_past_night_has_its_own_contacts_and_leaves_the_accounts_of_later_nights_alone(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a"})
    run_night(home, 8, {"shop:1": "a", "shop:2": "b"})
    run_night(home, 9, {"shop:1": "a", "shop:2": "b"})
    before = periods(home)
    run_night(home, 8, {"shop:1": "a"}, "past")
    assert periods(home) == before
    assert told(home, "select customer_id from customer_contacts") == [("a",)]
    assert told(home, "select day(as_of_date), day(newest_as_of_date) from night") == [(8, 9)]
    run_night(home, 9, {"shop:1": "a", "shop:2": "b"}, "newest")
    assert periods(home) == before
    assert told(home, "select count(*) from customer_contacts") == [(2,)]


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_file_and_folder_are_for_their_owner_whatever_the_process_grants(home: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        run_night(home, 1, {"shop:1": "a"})
    finally:
        os.umask(before)
    assert [path.name for path in (home / "restricted").iterdir()] == ["contacts.duckdb"]
    assert stat.S_IMODE((home / "restricted").stat().st_mode) == 0o700
    assert stat.S_IMODE(contacts_file(home / "restricted").stat().st_mode) == 0o600


def test_every_table_and_column_says_what_it_means(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a"})
    tables = told(home, "select table_name, comment from duckdb_tables()")
    assert {name for name, _ in tables} == {"customer_accounts", "customer_contacts", "night"}
    assert all(comment for _, comment in tables)
    assert (
        told(home, "select table_name, column_name from duckdb_columns() where comment is null and not internal") == []
    )


def prepared(home: Path, day: int, owners: Owners) -> Path:
    """What a run leaves that is killed before it has swapped the contacts of `night-<day>` in."""
    folder = home / "restricted"
    prepare_contacts(build_night(home, owners), folder, f"night-{day}", date(2026, 6, day), declared_tables())
    return folder


def test_contacts_of_a_night_that_readers_see_by_now_are_swapped_in_after_a_kill(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a"})
    folder = prepared(home, 2, {"shop:1": "a", "shop:2": "b"})
    settle_contacts(folder, "night-2")
    assert told(home, "select day(as_of_date) from night") == [(2,)]
    assert [path.name for path in folder.iterdir()] == ["contacts.duckdb"]


@pytest.mark.parametrize("current", ["night-1", None])
def test_contacts_of_a_night_that_readers_never_saw_are_thrown_away(home: Path, current: str | None) -> None:
    run_night(home, 1, {"shop:1": "a"})
    folder = prepared(home, 2, {"shop:1": "a", "shop:2": "b"})
    settle_contacts(folder, current)
    assert told(home, "select day(as_of_date) from night") == [(1,)]
    assert [path.name for path in folder.iterdir()] == ["contacts.duckdb"]


def test_a_copy_that_lacks_a_row_is_refused_and_leaves_the_file_in_use(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_night(home, 1, {"shop:1": "a"})
    real = restricted.write_tables

    def lossy(connection: duckdb.DuckDBPyConnection, *rest: object) -> None:
        real(connection, *rest)
        connection.execute("delete from restricted.customer_contacts")

    monkeypatch.setattr(restricted, "write_tables", lossy)
    with pytest.raises(AuditFailed, match=r"rows of intermediate\.int_customer_contacts differ"):
        prepared(home, 2, {"shop:1": "a", "shop:2": "b"})
    assert told(home, "select day(as_of_date) from night") == [(1,)]
    assert names(home / "restricted") == ["contacts.duckdb"]


def test_a_file_that_is_none_is_not_replaced_without_a_word(home: Path) -> None:
    run_night(home, 1, {"shop:1": "a"})
    contacts_file(home / "restricted").write_bytes(b"no database")
    with pytest.raises(BadInput, match=r"contacts\.duckdb cannot be read.*delete it"):
        prepared(home, 2, {"shop:1": "a"})
    assert contacts_file(home / "restricted").read_bytes() == b"no database"
    assert names(home / "restricted") == ["contacts.duckdb"]


def names(folder: Path) -> Iterable[str]:
    return sorted(path.name for path in folder.iterdir())
