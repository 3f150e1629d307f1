"""What is personal stays where it may be: whatever becomes of a night, it leaves no trace of a person elsewhere.

People nobody else is called like are planted in sound rows, in refused and broken ones, and in files that are none; all
that a green night and three red ones leave outside lake, build warehouse and restricted file is searched for them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.folders import DBT_PROJECT, DataFolder
from pipelines.problems import BadInput
from tests.byte_scan import hits
from tests.conftest import Run, run_night

pytestmark = [pytest.mark.xdist_group("first_night"), pytest.mark.wide]

CUSTOMERS = "account_id,registered_at,name,email,phone,birth_date,province,address,postal_code\n"
ORDERS = "order_id,account_id,guest_email,guest_phone,ordered_at,status,currency,total\n"
FEEDBACK = "feedback_id,account_id,submitted_at,kind,score,text\n"


@dataclass(frozen=True)
class Person:
    """Somebody who is planted in one place, so that a trace tells where it comes from."""

    number: int
    where: str

    @property
    def name(self) -> str:
        return f"Zyx{self.where} Plantorin"

    @property
    def chinese_name(self) -> str:
        return f"普兰托{chr(0x9F00 + self.number)}"

    @property
    def email(self) -> str:
        return f"zyx.{self.where}@example.com"

    @property
    def phone(self) -> str:
        return f"103998877{self.number:02}"  # of a range that nobody is given

    @property
    def address(self) -> str:
        return f"Plantorin Lane No {self.number:03}"

    @property
    def postal_code(self) -> str:
        return f"PLT-{self.number:04}"

    @property
    def all(self) -> set[str]:
        return {self.name, self.chinese_name, self.email, self.phone, self.address, self.postal_code}

    def row(self, account: str, registered_at: str = "2026-06-10 10:00:00") -> str:
        """A line of customers."""
        told = [account, registered_at, self.name, self.email, self.phone, "1970-01-02", "Plant Province"]
        return ",".join([*told, self.address, self.postal_code]) + "\n"


PLACES = ("sound", "chain", "refused", "broken", "chinese", "guest", "feedback", "search", "json", "unread", "headless")
PEOPLE = {where: Person(number, where) for number, where in enumerate((*PLACES, "raw", "cut"), start=10)}


def plant(landed: Path) -> None:
    """Land them among the sample's files, each in a place of its own."""
    sound, chain, refused, broken = (PEOPLE[where] for where in ("sound", "chain", "refused", "broken"))
    chained = [f"K{i},2026-06-1{i} 10:00:00,,{i // 2}.{chain.email},103998800{(i + 1) // 2:02},,,,\n" for i in range(9)]
    unread_date = refused.row("P2", registered_at=refused.name)
    (landed / "customers-planted.csv").write_text(CUSTOMERS + sound.row("P1") + unread_date + "".join(chained))
    surplus, unclosed = f"{broken.row('P3').strip()},{broken.name},{broken.email}\n", f'P4,,"{broken.name}\n'
    padding = "".join(f"Q{i},2026-06-10 10:00:00,,,,,,,\n" for i in range(20))
    (landed / "customers-broken.csv").write_text(CUSTOMERS + padding + surplus + unclosed)
    chinese = PEOPLE["chinese"]
    text = CUSTOMERS + f"P5,2026-06-10 10:00:00,{chinese.chinese_name},,,,,{chinese.chinese_name},\n"
    (landed / "customers-gb.csv").write_bytes(text.encode("gb18030"))
    guest = PEOPLE["guest"]
    contacts = f"{guest.email},{guest.phone}"
    (landed / "orders-planted.csv").write_text(
        f"{ORDERS}PO1,,{contacts},2026-06-12 10:00:00,paid,CNY,10.00\n"
        f"PO2,,{contacts},2026-06-12 10:00:00,{guest.name},CNY,10.00\n"
        f"PO3,,{contacts},{guest.email},paid,CNY,10.00\n"
        f"PO4,,{contacts},2026-06-12 10:00:00,paid,CNY,{guest.phone}{guest.phone}{guest.phone}\n"
        f"PO5,,{contacts},2026-06-12 10:00:00,paid,{guest.address},10.00\n"
    )
    text = " ".join(sorted(PEOPLE["feedback"].all))
    (landed / "feedback-planted.csv").write_text(
        f"{FEEDBACK}PF1,P1,2026-06-12 10:00:00,review,5,{text}\nPF2,P1,2026-06-12 10:00:00,review,{text},{text}\n"
    )
    search = PEOPLE["search"]
    event = {"event_id": "PE1", "occurred_at": "2026-06-12 10:00:00", "account_id": "P1", "type": "search"}
    event |= {"search_query": search.name, "referrer": f"https://mail.example.com/{search.email}?to={search.phone}"}
    cut = '{"event_id": "PE2", "search_query": "' + PEOPLE["json"].name
    (landed / "events-planted.jsonl").write_text(f"{json.dumps(event)}\n{cut}\n")
    unread = PEOPLE["unread"]
    (landed / "Address book.csv").write_text(unread.row("P6") + unread.row("P7"))


@pytest.fixture(scope="module")
def places(first_night: Run, sample_files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A shop in which people are planted, published; and its landing folder."""
    home = tmp_path_factory.mktemp("containment")
    landed = home / "files"
    landed.mkdir()
    for path in sample_files.glob("*.*"):
        (landed / path.name).symlink_to(path)
    plant(landed)
    night = first_night.copy(home / "data")
    run = night.again(sources={"sample": str(landed)})
    assert run.outcome.is_success, run.told()
    return run, landed


@pytest.fixture(scope="module")
def told(places: tuple[Run, Path]) -> list[str]:
    """What a person was told of a green night and of three red ones in the same place."""
    night, landed = places
    green = repr(night.outcome)
    return [green, *red_nights(night, landed)]


def red_nights(night: Run, landed: Path) -> Iterator[str]:
    first_line_is_a_record = landed / "customers-headless.csv"
    first_line_is_a_record.write_text(PEOPLE["headless"].row("P8") + PEOPLE["headless"].row("P9"))
    with pytest.raises(BadInput) as refused:
        night.again()
    yield str(refused.value)
    first_line_is_a_record.unlink()
    at_the_raw_gate = landed / "orders-raw.csv"
    given_back = f",,{PEOPLE['raw'].email},{PEOPLE['raw'].phone},2026-06-12 10:00:00,credit_note,CNY,10.00\n"
    at_the_raw_gate.write_text(ORDERS + "".join(f"PR{i}{given_back}" for i in range(3)))
    yield red(night, "credit_notes_give_money_back")
    (landed / "orders-raw-corrected.csv").write_text(at_the_raw_gate.read_text().replace("credit_note", "cancelled"))
    yield red(night, "a_link_leads_to_one_component", identity={"rounds": 1})


def red(night: Run, rule: str, **changes: object) -> str:
    """What is told of a night that breaks a rule."""
    outcome = run_night(night.home, {**night.shop, **changes}).outcome
    assert not outcome.is_success
    assert rule in repr(outcome)
    return repr(outcome)


def texts() -> set[str]:
    return {text for person in PEOPLE.values() for text in person.all} | {f"1039988000{i}" for i in range(5)}


def elsewhere(home: Path) -> tuple[list[Path], list[Path]]:
    """Where nothing personal may be, and what of it is spared."""
    folder = DataFolder(home)
    return [home, DBT_PROJECT], [folder.landing, folder.lake, folder.warehouse.parent, folder.restricted]


def test_the_planted_people_are_where_they_belong(places: tuple[Run, Path]) -> None:
    """Else a scan that finds nothing would say nothing."""
    night, _ = places
    folder = DataFolder(night.home)
    read = {hit.text for hit in hits([folder.lake], texts())}
    taken = {text for where in ("sound", "refused", "broken", "guest") for text in PEOPLE[where].all}
    assert {PEOPLE[where].name for where in ("sound", "refused", "broken", "search", "json")} <= read, taken - read
    assert PEOPLE["chinese"].chinese_name in read
    sound, guest = PEOPLE["sound"], PEOPLE["guest"]
    assert {sound.name, sound.email, sound.address, guest.email} <= {
        hit.text for hit in hits([folder.restricted], texts())
    }


def test_no_night_leaves_a_trace_of_a_person_elsewhere(places: tuple[Run, Path], told: list[str]) -> None:
    night, _ = places
    assert len(told) == 4
    searched, spared = elsewhere(night.home)
    assert hits(searched, texts(), spared) == []


def test_nobody_is_told_what_is_personal(told: list[str]) -> None:
    assert [(text, sentence) for sentence in told for text in texts() if text in sentence] == []


def test_the_secret_of_ids_is_in_its_file_and_the_build_warehouse_alone(
    places: tuple[Run, Path], told: list[str]
) -> None:
    night, _ = places
    folder = DataFolder(night.home)
    key = folder.customer_key.read_text()
    assert hits([night.home, DBT_PROJECT], [key], [folder.customer_key, folder.warehouse.parent]) == []
    assert [path for path in hits([folder.warehouse.parent], [key]) if path.path != folder.warehouse] == []
    assert key not in " ".join(told)


def test_every_column_of_the_build_that_holds_a_planted_person_is_marked_personal(
    places: tuple[Run, Path], told: list[str]
) -> None:
    """Publication, gates and previews go by the mark: a column without it would be shown."""
    from pipelines.tables import personal_names

    night, _ = places
    with duckdb.connect(str(DataFolder(night.home).warehouse), read_only=True) as connection:
        found = set(holding_columns(connection, PEOPLE["sound"]) | holding_columns(connection, PEOPLE["guest"]))
    assert {"name", "email", "email_normalized", "offending_value"} <= {column for _, column in found}
    assert sorted(f"{table}.{column}" for table, column in found if column not in personal_names()) == []


def holding_columns(connection: duckdb.DuckDBPyConnection, person: Person) -> set[tuple[str, str]]:
    """Tables and columns of text in which a person stands."""
    columns = connection.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns"
        " where table_catalog = current_database() and data_type = 'VARCHAR'"
    ).fetchall()
    pattern = "|".join(text.replace(".", r"\.") for text in sorted(person.all))
    return {
        (table, column)
        for table, column in columns
        if connection.execute(
            f'select 1 from {table} where regexp_matches("{column}", ?) limit 1', [pattern]
        ).fetchall()
    }
