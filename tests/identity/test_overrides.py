"""What the shop says of two accounts outweighs what they share, and takes back what it had come to."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.warehouse.build import connect
from tests.identity.shop import Shop
from tests.rebuild.building import differences

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("rebuild")]

DAY = date(2026, 6, 30)
APART = "keep_apart,sample,1,sample,2,two sisters\n"
TOGETHER = "keep_together,sample,1,sample,9,she says so\n"


def people(second_phone: str) -> list[dict]:
    """Two of one name, the second with a further account that only her e-mail leads to; and somebody else."""
    given = [
        {"account_id": "1", "name": "Mira Zorba", "phone": "10300000001", "email": "m1@example.com"},
        {"account_id": "2", "name": "Mira Zorba", "phone": second_phone, "email": "m2@example.com"},
        {"account_id": "3", "name": "Mira Zorba", "phone": "10300000003", "email": "m2@example.com"},
        {"account_id": "9", "name": "Otto Quenlo", "phone": "10300000009", "email": "o9@example.com"},
    ]
    return [{**row, "registered_at": f"2026-01-0{number} 10:00:00"} for number, row in enumerate(given, start=1)]


def orders() -> list[dict]:
    return [
        {
            "order_id": f"o{account}{number}",
            "account_id": account,
            "ordered_at": f"{date(2026, 2, 1) + timedelta(days=20 * number + int(account))} 12:00:00",
            "status": "paid",
        }
        for account in "1239"
        for number in range(4)
    ]


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = Shop(tmp_path_factory.mktemp("merged"))
    shop.night(DAY, people("10300000001"), orders())
    return shop


def customers(warehouse: Path) -> list[list[str]]:
    with connect(warehouse, read_only=True) as connection:
        return [
            accounts
            for (accounts,) in connection.execute(
                "select list(split_part(account_key, ':', 2) order by account_key) as accounts"
                " from intermediate.int_customer_accounts group by customer_id order by accounts"
            ).fetchall()
        ]


def seen_by_readers(one: Path, other: Path) -> dict[str, int]:
    """Rows that differ, by table, of what is made of customers; contacts themselves differ where they were planted."""
    told = differences(one, other)
    return {table: count for table, count in told.items() if table.split(".")[0] in ("marts", "features") and count}


def test_keep_apart_gives_what_would_be_had_they_never_shared_a_thing(
    merged: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = merged.build("before", DAY)
    assert customers(before) == [["1", "2", "3"], ["9"]]
    apart = merged.build("apart", DAY, APART)
    assert customers(apart) == [["1"], ["2", "3"], ["9"]]
    never = Shop(tmp_path_factory.mktemp("never"))
    never.night(DAY, people("10300000002"), orders())
    assert seen_by_readers(apart, never.build("tables", DAY)) == {}
    assert seen_by_readers(apart, before) != {}


def test_a_line_that_is_taken_back_leaves_every_table_as_it_was(merged: Shop) -> None:
    first = merged.build("first", DAY)
    again = merged.build("again", DAY, APART)
    assert seen_by_readers(first, again) != {}
    assert {table: count for table, count in differences(first, merged.build("again", DAY)).items() if count} == {}


def test_keep_together_joins_what_shares_nothing(merged: Shop) -> None:
    assert customers(merged.build("together", DAY, TOGETHER)) == [["1", "2", "3", "9"]]


def test_keep_apart_counts_before_keep_together_of_the_same_pair(merged: Shop) -> None:
    both = "keep_together,sample,2,sample,1,\n" + APART
    assert customers(merged.build("both", DAY, both)) == [["1"], ["2", "3"], ["9"]]


def test_a_guest_is_kept_apart_by_the_hash_of_the_restricted_file(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    guest = {"order_id": "g", "guest_email": "m1@example.com", "ordered_at": "2026-03-01 10:00:00", "status": "paid"}
    shop.night(DAY, people("10300000002"), [*orders(), guest])
    joined = shop.build("joined", DAY)
    with connect(joined, read_only=True) as connection:
        [(key,)] = connection.execute(
            "select account_key from intermediate.int_customer_accounts where account_kind = 'guest'"
        ).fetchall()
    apart = shop.build("apart", DAY, f"keep_apart,sample,1,sample,{key.removeprefix('sample:')},a gift\n")
    assert [len(accounts) for accounts in customers(joined)] == [2, 2, 1]
    assert [len(accounts) for accounts in customers(apart)] == [1, 2, 1, 1]
