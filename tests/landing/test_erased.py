"""Rows that name an erased person are never taken, whatever they name them by, and each is counted."""

from pathlib import Path

import duckdb
import pytest

from pipelines.landing.contracts import load_contracts
from pipelines.landing.erased.landed import LandedFile, purge_landed_file, shelf_of
from pipelines.landing.erased.parts import purge_part
from pipelines.landing.erased.register import Register, is_erased
from pipelines.landing.ingest import IngestedFile, ingest_feed
from pipelines.landing.landed_files import Landing
from pipelines.landing.sources import Source
from tests.landing.shop import quarantined, raw_rows, write_csv

KEY = "00112233445566778899aabbccddeeff"
MAIL, PHONE = "mei.lin@example.com", "+8610396542078"
CUSTOMERS = [
    {"account_id": "a", "name": "Mei Lin", "email": " Mei.Lin@example.com", "phone": ""},
    {"account_id": "b", "name": "Other", "email": "other@example.com", "phone": "10396542078"},
    {"account_id": "c", "name": "Third", "email": "third@example.com", "phone": "10396542079"},
]


@pytest.fixture
def register() -> Register:
    return Register(KEY).with_values({"account": ["sample:a"], "email": [MAIL], "phone": [PHONE]})


def take(sample: Source, data: Path, lake: Path, register: Register, feed: str = "customers") -> IngestedFile:
    [part] = ingest_feed(sample, data, feed, lake, erased=register)
    kept = part.rows_loaded + part.rows_quarantined + part.duplicates_dropped
    assert part.rows_read == kept + part.rows_erased
    return part


def test_sql_hashes_a_value_as_python_does(register: Register) -> None:
    with duckdb.connect() as connection:
        register.open_on(connection)
        connection.execute("create table held as select unnest(['mei.lin@example.com', 'x', null]) as value")
        found = connection.execute(f"select value, {is_erased('email', 'value', 'held')} from held").fetchall()
    assert found == [(MAIL, True), ("x", False), (None, False)]
    assert register.holds("email", MAIL)
    assert not register.holds("phone", MAIL)
    assert not Register("another", register.hashes).holds("email", MAIL)


def test_a_row_is_kept_out_by_account_address_or_number(
    sample: Source, data: Path, lake: Path, register: Register
) -> None:
    write_csv(data / "customers.csv", CUSTOMERS)
    part = take(sample, data, lake, register)
    assert (part.rows_loaded, part.rows_erased, part.file_names_erased) == (1, 2, True)
    assert raw_rows(lake, "customers", "account_id") == [("c",)]


def test_a_copy_of_an_erased_row_is_erased_and_no_duplicate(
    sample: Source, data: Path, lake: Path, register: Register
) -> None:
    write_csv(data / "customers.csv", [CUSTOMERS[0], CUSTOMERS[0], CUSTOMERS[2]])
    part = take(sample, data, lake, register)
    assert (part.rows_erased, part.duplicates_dropped) == (2, 0)


def test_an_erased_row_leaves_no_trace_in_quarantine(
    sample: Source, data: Path, lake: Path, register: Register
) -> None:
    rows = [{**row, "gender": "neither"} for row in CUSTOMERS]
    write_csv(data / "customers.csv", rows)
    with (data / "customers.csv").open("a", encoding="utf-8") as stream:
        stream.write("a,cut off\nd,cut off\n")
    part = take(sample, data, lake, register)
    assert (part.rows_erased, part.rows_quarantined) == (3, 2)
    assert not any("Mei" in text or "10396542078" in text for (text,) in quarantined(lake, "original_values"))


def test_an_account_that_came_back_under_an_erased_address_is_told_of_by_its_hash(
    sample: Source, data: Path, lake: Path, register: Register
) -> None:
    write_csv(data / "customers.csv", [{**CUSTOMERS[0], "account_id": "new"}])
    part = take(sample, data, lake, register)
    assert part.erased_ids == (f"account:{register.hash('account', 'sample:new')}",)


def test_what_was_taken_before_is_taken_out_again_and_a_second_time_changes_nothing(
    sample: Source, data: Path, lake: Path, register: Register
) -> None:
    write_csv(data / "customers.csv", [*CUSTOMERS, {**CUSTOMERS[0], "account_id": ""}])
    before = take(sample, data, lake, Register())
    shelf = shelf_of(lake, sample, "customers")
    with duckdb.connect() as connection:
        register.open_on(connection)
        assert purge_part(connection, register, shelf, shelf.parts[0])
        [part] = shelf.parts
        assert not purge_part(connection, register, shelf, part)
    assert (part.part, part.rows_loaded, part.rows_quarantined, part.rows_erased) == (before.part, 1, 0, 3)
    assert raw_rows(lake, "customers", "account_id") == [("c",)]
    assert quarantined(lake, "original_values") == []
    assert not list(shelf.folder.glob("*.quarantine.parquet"))


def test_a_landed_file_is_written_back_and_is_not_taken_as_a_new_one(
    sample: Source, data: Path, lake: Path, register: Register
) -> None:
    file = write_csv(data / "customers.csv", [*CUSTOMERS, {**CUSTOMERS[2], "account_id": ""}])
    before = take(sample, data, lake, Register())
    with duckdb.connect() as connection:
        landing = Landing(sample, data)
        gone = purge_landed_file(connection, register, landing, lake, LandedFile(file, ("customers",)))
    assert gone == 2
    assert file.read_text() == "account_id,name,email,phone\nc,Third,third@example.com,10396542079\n" + (
        ",Third,third@example.com,10396542079\n"
    )
    [part] = ingest_feed(sample, data, "customers", lake, erased=register)
    assert not part.is_new
    assert (part.ingested_at, part.rows_erased, part.file_rows) == (before.ingested_at, 2, 2)
    assert part.part != before.part
    assert quarantined(lake, "row_number") == [(2,)]
    assert raw_rows(lake, "customers", "account_id, row_number") == [("c", 1)]


def test_lines_of_an_erased_order_and_devices_of_the_erased_are_known() -> None:
    from pipelines.landing.erased.rows import values_of

    kinds = {feed: {kind for kind, _ in values_of(contract)} for feed, contract in load_contracts().items()}
    assert kinds["order_items"] == {"order"}
    assert kinds["events"] == {"account", "device"}
    assert kinds["orders"] == {"account", "order", "email", "phone"}
    assert kinds["erasure_requests"] == {"request"}
