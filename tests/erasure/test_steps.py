"""Who is behind an identifier, and what becomes of lake and landed files, on a shop of a few rows and no night."""

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.erasure.book import read_book, register_of
from pipelines.erasure.purge import Place, files_that_name
from pipelines.erasure.steps import REQUESTS, Found, Ground, Request, answer_requests, complete, give_word, look_up
from pipelines.folders import DataFolder
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.sources import load_source
from pipelines.problems import BadInput
from tests.landing.shop import quarantined, raw_rows, write_csv

CUSTOMERS = [
    {"account_id": "a", "name": "Mei Lin", "email": "mei@example.com", "phone": "10396542070"},
    {"account_id": "a2", "name": "Mei Lin", "email": "MEI@example.com", "phone": "10396542071"},
    *({"account_id": f"s{n}", "name": "S", "email": f"s{n}@example.com", "phone": "10396542079"} for n in range(4)),
    {"account_id": "z", "name": "Zoe", "email": "zoe@example.com", "phone": "10396542071"},
]
ORDERS = [
    {"order_id": "1", "account_id": "a", "guest_email": "", "ordered_at": "2024-01-05 10:00:00", "status": "paid"},
    {"order_id": "2", "account_id": "", "guest_email": "mei@example.com", "ordered_at": "2024-01-06", "status": "paid"},
    {"order_id": "3", "account_id": "z", "guest_email": "", "ordered_at": "2024-01-06", "status": "paid"},
    {"order_id": "", "account_id": "a2", "guest_email": "", "ordered_at": "2024-01-06", "status": "paid"},
]
LINES = [
    {"order_item_id": str(n), "order_id": order, "quantity": "1", "unit_price": "1"} for n, order in enumerate("1233")
]
LIMIT = {"email": 3, "phone": 3}


def take(ground: Ground) -> None:
    for place in ground.places:
        for feed in ("customers", "orders", "order_items"):
            ingest_feed(place.source, place.folder, feed, ground.folder.lake, erased=register_of(ground.folder))


@pytest.fixture(params=[True, False], ids=["files of our own", "files of the shop"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    folder = DataFolder(tmp_path / "data")
    files = folder.landing / "sample" if request.param else tmp_path / "files"
    folder.home.mkdir()
    write_csv(files / "customers.csv", CUSTOMERS[:-1])
    write_csv(files / "customers-2.csv", [CUSTOMERS[-1] | {"phone": ""}])
    write_csv(files / "orders.csv", ORDERS)
    write_csv(files / "order_items.csv", LINES)
    made = Ground(folder, [Place(load_source("sample"), files, request.param)], LIMIT)
    take(made)
    return made


def find(ground: Ground, identifier: str) -> Found:
    [found] = look_up(ground, [Request(identifier)])
    return found


@pytest.mark.parametrize("identifier", [" Mei@example.com", "a", "sample:a2", "+86 103 9654 2070"])
def test_a_person_is_found_by_whatever_names_them(ground: Ground, identifier: str) -> None:
    person = find(ground, identifier).person
    assert person
    assert {"sample:a", "sample:a2"} < person.values["account"]
    assert person.values["order"] == {"sample:1", "sample:2"}
    assert person.values["email"] == {"mei@example.com"}


def test_an_identifier_of_nobody_or_of_several_is_nobodys_erasure(ground: Ground) -> None:
    assert (find(ground, "none@example.com").person, find(ground, "none@example.com").customers) == (None, 0)
    assert (find(ground, "10396542079").person, find(ground, "10396542079").customers) == (None, 4)


def test_a_contact_that_others_bear_as_well_keeps_nobody_out(ground: Ground) -> None:
    person = find(ground, "s1").person
    assert person
    assert "phone" not in person.values


def test_what_is_planned_goes_and_nothing_else_and_once_is_enough(ground: Ground) -> None:
    found = find(ground, "a")
    assert dict(found.rows) == {"lake.customers": 2, "lake.orders": 2, "lake.order_items": 2, "quarantine.orders": 1}
    give_word(ground.folder, [found])
    assert complete(ground)
    assert not complete(ground)
    lake = ground.folder.lake
    assert raw_rows(lake, "customers", "account_id") == [("s0",), ("s1",), ("s2",), ("s3",), ("z",)]
    assert raw_rows(lake, "orders", "order_id") == [("3",)]
    assert raw_rows(lake, "order_items", "order_id") == [("3",), ("3",)]
    assert quarantined(lake, "reason") == []
    assert find(ground, "a").is_done


def test_files_of_our_own_lose_the_rows_and_the_shops_are_named(ground: Ground) -> None:
    give_word(ground.folder, [find(ground, "a")])
    complete(ground)
    [place] = ground.places
    is_gone = "Mei" not in (place.folder / "customers.csv").read_text()
    assert is_gone is place.is_ours
    told = [(file.name, rows) for file, rows in files_that_name(ground.folder.lake, ground.places)]
    assert told == ([] if is_gone else [("customers.csv", 2), ("order_items.csv", 2), ("orders.csv", 3)])
    before = {path: path.read_bytes() for path in ground.folder.lake.rglob("*.parquet")}
    take(ground)
    assert {path: held for path, held in before.items() if not path.exists() or path.read_bytes() != held} == {}


def test_who_comes_back_under_an_old_address_goes_with_all_that_names_them(ground: Ground) -> None:
    give_word(ground.folder, [find(ground, "a")])
    complete(ground)
    [place] = ground.places
    write_csv(place.folder / "customers-3.csv", [CUSTOMERS[0] | {"account_id": "again", "phone": ""}])
    write_csv(place.folder / "orders-3.csv", [ORDERS[0] | {"order_id": "9", "account_id": "again"}])
    write_csv(place.folder / "order_items-3.csv", [LINES[0] | {"order_item_id": "9", "order_id": "9"}])
    take(ground)
    complete(ground)
    complete(ground)
    for feed, key in (("customers", "account_id"), ("orders", "order_id"), ("order_items", "order_item_id")):
        assert not {("again",), ("9",)} & set(raw_rows(ground.folder.lake, feed, key))


def test_requests_of_the_feed_are_done_and_vanish_and_others_are_noted_without_their_identifier(ground: Ground) -> None:
    [place] = ground.places
    asked = {"a@b": "mei@example.com", "a@c": "MEI@example.com", "x": "none@example.com", "y": "10396542079"}
    write_csv(
        place.folder / "erasure_requests.csv",
        [{"request_id": one, "requested_at": "2024-01-07", "identifier": said} for one, said in asked.items()],
    )
    for _again in range(2):
        ingest_feed(place.source, place.folder, REQUESTS, ground.folder.lake, erased=register_of(ground.folder))
        notes = answer_requests(ground)
        complete(ground)
        assert [note.split()[2] for note in notes] == ["sample:x", "sample:y"]
        assert "nobody" in notes[0]
        assert "4 customers" in notes[1]
        assert not [note for note in notes if "example.com" in note or "1039" in note]
        assert raw_rows(ground.folder.lake, REQUESTS, "request_id") == [("x",), ("y",)]
    assert raw_rows(ground.folder.lake, "orders", "order_id") == [("3",)]
    outcomes = sorted(erasure.outcome for erasure in read_book(ground.folder).erasures)
    assert outcomes == ["ambiguous", "erased", "erased", "unknown"]


def test_the_book_names_nobody_and_is_for_its_owner_alone(ground: Ground) -> None:
    give_word(ground.folder, [find(ground, "a")])
    text = ground.folder.erased.read_text()
    assert not [value for value in ("mei@", "sample:", "Mei", "1039654") if value in text]
    assert ground.folder.erased.stat().st_mode & 0o077 == 0
    assert len(json.loads(text)["identifiers"]["account"]) >= 2
    ground.folder.erased.write_text("{")
    with pytest.raises(BadInput, match="put it back from the backup"):
        read_book(ground.folder)


def test_a_command_that_names_nobody_is_refused_in_one_line_that_does_not_repeat_it(tmp_path: Path) -> None:
    command = ["erase", "--identifier", "x@example.com", "--data-dir", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert isinstance(result.exception, BadInput)
    assert "holds no lake" in str(result.exception)
    assert "x@example.com" not in str(result.exception)


def test_a_restricted_database_loses_the_customer_and_its_bytes(ground: Ground) -> None:
    from pipelines.erasure.remains import purge_remains

    found = find(ground, "a")
    give_word(ground.folder, [found])
    assert found.person
    ground.folder.restricted.mkdir()
    file = ground.folder.restricted / "contacts.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table customer_contacts (customer_id varchar, email varchar)")
        for customer in sorted(found.person.values["customer"]):
            connection.execute("insert into customer_contacts values (?, 'mei@example.com')", [customer])
        connection.execute("insert into customer_contacts values ('c_1111111111111111', 'zoe@example.com')")
    purge_remains(register_of(ground.folder), ground.folder)
    with duckdb.connect(str(file), read_only=True) as connection:
        assert connection.execute("from customer_contacts").fetchall() == [("c_1111111111111111", "zoe@example.com")]
    assert b"mei@example.com" not in file.read_bytes()
