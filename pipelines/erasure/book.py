"""The book of erasures, one file of the data directory: the register, and what was done when. Nothing is erased here.

To write it is the moment from which an erasure counts: all that follows is derived from it and can be done again.
"""

import os
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.durable import move_durably
from pipelines.folders import DataFolder
from pipelines.landing.erased.register import Register, register_key
from pipelines.problems import BadInput
from pipelines.warehouse.customer_key import read_customer_key

Origin = Literal["command", "feed"]
Outcome = Literal["erased", "unknown", "ambiguous"]


class Erasure(BaseModel):
    """One request and what came of it. `rows` are those that went, by table; instants are UTC in ISO 8601."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    erasure_id: str
    request_hash: str
    origin: Origin
    outcome: Outcome
    requested_at: str
    erased_at: str | None = None
    verified_at: str | None = None
    rows: dict[str, int] = {}

    @property
    def is_unfinished(self) -> bool:
        """Whether it has begun and nobody has verified yet that nothing is left."""
        return self.outcome == "erased" and self.verified_at is None


class Book(BaseModel):
    """Keyed hashes of erased identifiers by kind, and every erasure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    identifiers: dict[str, list[str]] = {}
    erasures: list[Erasure] = []

    @property
    def unfinished(self) -> list[Erasure]:
        """The erasures that have to be gone on with."""
        return [erasure for erasure in self.erasures if erasure.is_unfinished]

    @property
    def begun(self) -> list[Erasure]:
        """Those whose rows may still lie in lake, landed files or build."""
        return [erasure for erasure in self.unfinished if not erasure.erased_at]

    def with_erasures(self, changed: list[Erasure]) -> "Book":
        """With these in place of those of the same id."""
        by_id = {erasure.erasure_id: erasure for erasure in [*self.erasures, *changed]}
        return self.model_copy(update={"erasures": list(by_id.values())})

    def with_register(self, register: Register) -> "Book":
        """With what this register holds."""
        return self.model_copy(update={"identifiers": {kind: sorted(held) for kind, held in register.hashes.items()}})


def read_book(folder: DataFolder) -> Book:
    """The book; an empty one where nobody was ever erased. BadInput when it is damaged."""
    if not folder.erased.exists():
        return Book()
    try:
        return Book.model_validate_json(folder.erased.read_bytes())
    except ValidationError:
        raise BadInput(
            f"{folder.erased} is damaged, and without it erased persons would come back: put it back from the backup"
        ) from None


def register_of(folder: DataFolder, book: Book | None = None) -> Register:
    """The register with its key; an empty one without a key where nobody was ever erased."""
    book = book or read_book(folder)
    if not book.identifiers:
        return Register()
    return empty_register(folder).with_hashes(book.identifiers)


def empty_register(folder: DataFolder) -> Register:
    """Nobody, with the data directory's key."""
    return Register(register_key(read_customer_key(folder.customer_key)))


def write_book(folder: DataFolder, book: Book) -> None:
    """Puts the book in place in one step, on disk when this returns, for its owner alone."""
    new = folder.erased.with_name(f".{folder.erased.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(book.model_dump_json(indent=1))
    move_durably(new, folder.erased)


def now() -> str:
    """This moment."""
    return datetime.now(UTC).isoformat(timespec="microseconds")
