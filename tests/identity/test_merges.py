"""A customer keeps its id while accounts join, and whoever comes to another one has a line that says so."""

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.build import connect
from pipelines.warehouse.identity_merges import log_identity_merges
from tests.identity.shop import Shop

FIRST = date(2026, 6, 1)
OWN = {"a": "c_a", "b": "c_b", "c": "c_c"}


@pytest.fixture
def log() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("""
        create schema ops; create schema intermediate;
        create table ops.publications (as_of_date date);
        create table ops.identity_merges (
            happened_on date, own_customer_id varchar, change varchar, previous_customer_id varchar,
            customer_id varchar, linked_by varchar, linked_by_identifier varchar
        );
        create table intermediate.int_identity_overrides (
            decision varchar, account_key varchar, other_account_key varchar
        );
        create table intermediate.int_customer_accounts (
            account_key varchar, customer_id varchar, own_customer_id varchar, known_on date, linked_by varchar,
            linked_by_identifier varchar
        );
    """)
    return connection


def live(
    log: duckdb.DuckDBPyConnection, day: date, leads_to: dict[str, str], is_published: bool = True, by: str = "email"
) -> list[tuple]:
    """A night on which these accounts lead to these customers, the accounts a, b known from FIRST; tonight's lines."""
    log.execute("delete from intermediate.int_customer_accounts")
    for account, customer in leads_to.items():
        known_on = FIRST if account in "ab" else day
        linked_by = by if list(leads_to.values()).count(customer) > 1 else "nothing"
        log.execute(
            "insert into intermediate.int_customer_accounts values (?, ?, ?, ?, ?, ?)",
            [account, customer, OWN[account], known_on, linked_by, None if linked_by == "nothing" else "i_1"],
        )
    log_identity_merges(log, day)
    if is_published:
        log.execute("insert into ops.publications values (?)", [day])
    return log.execute(
        "select own_customer_id, change, previous_customer_id, customer_id, linked_by from ops.identity_merges"
        " where happened_on = ? order by all",
        [day],
    ).fetchall()


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def test_who_joins_on_the_night_of_its_first_file_had_no_customer_before(log: duckdb.DuckDBPyConnection) -> None:
    assert live(log, FIRST, {"a": "c_a", "b": "c_a"}) == [("c_b", "joined", None, "c_a", "email")]
    assert live(log, day(1), {"a": "c_a", "b": "c_a", "c": "c_a"}) == [("c_c", "joined", None, "c_a", "email")]
    assert live(log, day(2), {"a": "c_a", "b": "c_a", "c": "c_a"}) == []


def test_two_customers_that_become_one_are_told_once(log: duckdb.DuckDBPyConnection) -> None:
    assert live(log, FIRST, {"a": "c_a", "b": "c_b"}) == []
    assert live(log, day(1), {"a": "c_a", "b": "c_a"}) == [("c_b", "merged", "c_b", "c_a", "email")]
    assert live(log, day(2), {"a": "c_a", "b": "c_a"}) == []


def test_a_split_by_the_shop_says_so_and_a_change_of_customer_too(log: duckdb.DuckDBPyConnection) -> None:
    live(log, FIRST, {"a": "c_a", "b": "c_a"})
    log.execute("insert into intermediate.int_identity_overrides values ('keep_apart', 'a', 'b')")
    assert live(log, day(1), {"a": "c_a", "b": "c_b"}) == [("c_b", "split", "c_a", "c_b", "keep_apart")]
    log.execute("delete from intermediate.int_identity_overrides")
    assert live(log, day(2), {"a": "c_a", "b": "c_a"}) == [("c_b", "merged", "c_b", "c_a", "email")]
    live(log, day(3), {"a": "c_a", "b": "c_a", "c": "c_c"})
    assert live(log, day(4), {"a": "c_a", "b": "c_c", "c": "c_c"}, by="phone") == [
        ("c_b", "moved", "c_a", "c_c", "phone")
    ]


def test_a_night_that_is_run_again_tells_the_same_and_one_that_was_refused_nothing(
    log: duckdb.DuckDBPyConnection,
) -> None:
    live(log, FIRST, {"a": "c_a", "b": "c_b"})
    once = live(log, day(1), {"a": "c_a", "b": "c_a"})
    assert live(log, day(1), {"a": "c_a", "b": "c_a"}, is_published=False) == once
    assert live(log, day(2), {"a": "c_a", "b": "c_b"}, is_published=False) != []
    assert live(log, day(3), {"a": "c_a", "b": "c_a"}) == []
    assert log.execute("select count(*) from ops.identity_merges").fetchall() == [(1,)]


def test_a_past_night_that_is_built_again_leaves_later_lines(log: duckdb.DuckDBPyConnection) -> None:
    live(log, FIRST, {"a": "c_a", "b": "c_b"})
    live(log, day(2), {"a": "c_a", "b": "c_a"})
    assert live(log, day(1), {"a": "c_a", "b": "c_b"}) == []
    assert live(log, day(3), {"a": "c_a", "b": "c_a"}) == []


def newcomers(number: int, chance: random.Random, known: list[dict]) -> list[dict]:
    """Accounts of one night: some share the e-mail or phone of an earlier one, or of two, some were opened long ago."""
    rows = []
    for place in range(chance.randint(3, 8)):
        account = f"{number}-{place}"
        row = {
            "account_id": account,
            "registered_at": f"{date(2024, 1, 1) + timedelta(days=chance.randint(0, 800))} 10:00:00",
            "email": f"e{account}@example.com",
            "phone": f"103{number:04d}{place:04d}",
        }
        for contact in ("email", "phone"):
            if known and chance.random() < 0.35:
                row[contact] = chance.choice(known)[contact]
        rows.append(row)
        known.append(row)
    return rows


def leads(warehouse: Path) -> dict[str, tuple[str, str, date]]:
    with connect(warehouse, read_only=True) as connection:
        found = connection.execute(
            "select account_key, customer_id, own_customer_id, known_on from intermediate.int_customer_accounts"
        ).fetchall()
    return {account: tuple(told) for account, *told in found}


@pytest.mark.wide
@pytest.mark.xdist_group("rebuild")
def test_no_customer_changes_its_id_without_a_line_over_a_year_of_nights(tmp_path: Path) -> None:
    """Every fourth week is a night."""
    shop, chance, known = Shop(tmp_path), random.Random(20260630), []
    before: dict[str, tuple[str, str, date]] = {}
    changed = merged = 0
    for number in range(13):
        night = date(2025, 7, 1) + timedelta(days=28 * number)
        order = {"order_id": f"o{number}", "account_id": "0-0", "ordered_at": f"{night} 10:00:00", "status": "paid"}
        shop.night(night, newcomers(number, chance, known), [order])
        warehouse = shop.identity("tables", night)
        tonight = leads(warehouse)
        with connect(warehouse) as connection:
            log_identity_merges(connection, night)
            connection.execute(
                "insert into ops.publications (publication_id, as_of_date) values (?, ?)", [night, night]
            )
            lines = connection.execute(
                "select own_customer_id, previous_customer_id, customer_id, change from ops.identity_merges"
                " where happened_on = ?",
                [night],
            ).fetchall()
        told = {own: (previous, customer) for own, previous, customer, _ in lines}
        for account, (customer, own, _) in before.items():
            if tonight[account][0] != customer:
                changed += 1
                assert told[own] == (customer, tonight[account][0])
        merged += sum(change == "merged" for *_, change in lines)
        first = {}
        for customer, own, known_on in sorted(tonight.values(), key=lambda one: one[2]):
            first.setdefault(customer, known_on)
            assert own != customer or known_on == first[customer]  # named after one of those that were reported first
        before = tonight
    assert changed >= merged >= 5
