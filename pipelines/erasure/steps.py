"""The steps of an erasure, in their order: what is asked, the word that is given, what follows from it, the proof.

A request counts from the moment the book is written. From then on `complete` and `finish` can be killed and called
again at any moment: they are called at the start of every night, and after its publication.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.erasure.book import (
    Erasure,
    Origin,
    Outcome,
    empty_register,
    now,
    read_book,
    register_of,
    write_book,
)
from pipelines.erasure.persons import NotOnePerson, Person, Persons
from pipelines.erasure.plan import count_rows
from pipelines.erasure.purge import Place, chained, has_unpurged_files, purge
from pipelines.erasure.remains import purge_remains, throw_build_away
from pipelines.erasure.shelves import Shelves
from pipelines.erasure.traces import traces
from pipelines.folders import DataFolder
from pipelines.landing.erased.register import Register
from pipelines.landing.sql import MEMORY_LIMIT, literal
from pipelines.warehouse.customer_key import read_customer_key
from pipelines.warehouse.publication import drop_all_but_current, published_file

REQUESTS = "erasure_requests"
IDENTIFIERS = ("email", "phone", "account", "customer")


@dataclass(frozen=True)
class Ground:
    """Where erasures are done: a data directory, the shop's sources, how many may share an `email` or `phone`."""

    folder: DataFolder
    places: list[Place]
    limits: Mapping[str, int]
    memory_limit: str = MEMORY_LIMIT

    @property
    def shelves(self) -> Shelves:
        """Its lake."""
        return Shelves(self.folder.lake, tuple(place.source for place in self.places))


@dataclass(frozen=True)
class Request:
    """An identifier whose person shall vanish. `request_id` is the feed's, with the source before it."""

    identifier: str = field(repr=False)
    origin: Origin = "command"
    requested_at: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class Found:
    """A request, the person behind it and the rows that would go; or of how many customers it is, which is not one."""

    request: Request
    person: Person | None
    rows: Counter[str]
    customers: int = 1
    is_done: bool = False


def look_up(ground: Ground, requests: list[Request]) -> list[Found]:
    """Who is behind each request and what would go. Nothing is changed."""
    register = register_of(ground.folder)
    with _connection(ground) as connection:
        persons = Persons(
            connection,
            ground.shelves,
            ground.folder.warehouse,
            read_customer_key(ground.folder.customer_key),
            ground.limits,
        )
        found = [_find(persons, register, request) for request in requests]
        who = [one.person for one in found if one.person]
        rows = iter(count_rows(connection, ground.shelves, published_file(ground.folder.published), who))
        return [Found(one.request, one.person, next(rows)) if one.person else one for one in found]


def _find(persons: Persons, register: Register, request: Request) -> Found:
    try:
        return Found(request, persons.find(request.identifier), Counter())
    except NotOnePerson as problem:
        is_done = problem.customers == 0 and _is_erased(register, persons, request.identifier)
        return Found(request, None, Counter(), problem.customers, is_done)


def _is_erased(register: Register, persons: Persons, identifier: str) -> bool:
    return any(register.holds(kind, value) for kind in IDENTIFIERS for value in persons.forms(identifier))


def give_word(folder: DataFolder, found: list[Found]) -> None:
    """Writes the book: from now on these persons are erased, whatever happens."""
    book, register = read_book(folder), register_of(folder)
    if not register.key:
        register = empty_register(folder)
    for one in found:
        if one.person:
            register = register.with_values(one.person.values)
        if one.request.request_id and (one.person or one.is_done):
            register = register.with_values({"request": [one.request.request_id]})
    erasures = [_erasure(register, one) for one in found if one.person or one.request.request_id]
    write_book(folder, book.with_register(register).with_erasures(erasures))


def _erasure(register: Register, one: Found) -> Erasure:
    identifier = one.request.identifier.strip().lower()
    begun = now()
    request = one.request.request_id or f"{identifier}@{begun}"
    outcome: Outcome = "erased" if one.person or one.is_done else "unknown" if one.customers == 0 else "ambiguous"
    return Erasure(
        erasure_id=register.hash("request", request)[:32],
        request_hash=register.hash("request", identifier),
        origin=one.request.origin,
        outcome=outcome,
        requested_at=one.request.requested_at or begun,
        rows=dict(one.rows),
    )


def complete(ground: Ground) -> bool:
    """Takes out whoever the book tells of, where that is not done; returns whether everything is to be built anew.

    BadInput when a landed file cannot be written back.
    """
    book = read_book(ground.folder)
    if not book.identifiers:
        return False
    register = chained(register_of(ground.folder, book), ground.folder.lake, ground.places)
    is_settled = not book.begun and register == register_of(ground.folder, book)
    if is_settled and not has_unpurged_files(ground.folder.lake, ground.places):
        return False
    while True:
        book = book.with_register(register)
        write_book(ground.folder, book)
        purge(register, ground.folder.lake, ground.places, ground.memory_limit)
        before, register = register, chained(register, ground.folder.lake, ground.places)
        if register == before:
            break
    if not book.begun:
        return False
    purge_remains(register, ground.folder)
    throw_build_away(ground.folder)
    done = [one.model_copy(update={"erased_at": now()}) for one in book.begun]
    write_book(ground.folder, book.with_erasures(done))
    return True


def answer_requests(ground: Ground) -> list[str]:
    """Does what the feed erasure_requests asks for and is not done; returns a note for each that cannot be done."""
    requests = _open_requests(ground)
    if not requests:
        return []
    found = look_up(ground, requests)
    give_word(ground.folder, found)
    return [
        f"erasure request {one.request.request_id} is {_told(one.customers)}"
        for one in found
        if not one.person and not one.is_done
    ]


def _told(customers: int) -> str:
    if customers == 0:
        return "about nobody in this shop: correct the identifier, or withdraw the request"
    return f"about an identifier of {customers} customers: ask again with an account id or a customer_id"


def _open_requests(ground: Ground) -> list[Request]:
    if not any(shelf.parts for shelf in ground.shelves.of(REQUESTS)):
        return []
    register = register_of(ground.folder)
    with _connection(ground) as connection:
        rows = connection.execute(
            "select source_name || ':' || request_id, max_by(identifier, requested_at), max(requested_at) "
            f"from ({ground.shelves.rows(REQUESTS)}) group by 1 order by 1"
        ).fetchall()
    return [
        Request(identifier, "feed", f"{requested_at.isoformat(timespec='microseconds')}+00:00", request_id)
        for request_id, identifier, requested_at in rows
        if not register.holds("request", request_id)
    ]


def finish(folder: DataFolder) -> list[str]:
    """After a publication: drops older ones, looks whether anything is left, and notes when it was not.

    Returns a sentence for each file in which something is left; the erasure is then gone on with the next night.
    """
    book = read_book(folder)
    if not any(erasure.erased_at for erasure in book.unfinished):
        return []
    drop_all_but_current(folder.published)
    if left := traces(register_of(folder, book), folder):
        write_book(folder, book.with_erasures([one.model_copy(update={"erased_at": None}) for one in book.unfinished]))
        return left
    done = [one.model_copy(update={"verified_at": now()}) for one in book.unfinished if one.erased_at]
    write_book(folder, book.with_erasures(done))
    return []


def _connection(ground: Ground) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = {literal(ground.memory_limit)}")
    spill = Path(ground.folder.lake) / ".work-erasure"
    connection.execute(f"set temp_directory = {literal(spill)}")
    return connection
