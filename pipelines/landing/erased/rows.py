"""Which rows of a feed name an erased person, as SQL and as a look at plain text. Nothing is removed here."""

import json
import re
from collections.abc import Iterator

from pipelines.landing.contracts import Contract
from pipelines.landing.erased.register import Register, is_erased
from pipelines.landing.refining.normalising import mailbox, normalized_phone
from pipelines.landing.sql import identifier

# ids that name a person, or what only they have, with the kind that they are in the register
IDS = {"account_id": "account", "order_id": "order", "request_id": "request"}
DEVICE = "anonymous_id"
CHAINED = ("account", "order")  # what is told of by a feed of its own: whose row goes, goes with all that names it
PIECE = re.compile(r"[^\s,;|\"'<>()\[\]{}]+")


def values_of(contract: Contract) -> list[tuple[str, str]]:
    """The kinds of identifiers that a row of the feed can bear, each with SQL over the lake's columns.

    A device is asked only where no account is named: what another account did on it is that one's.
    """
    names = {column.name for column in contract.columns}
    found = [(kind, f"source_name || ':' || {identifier(name)}") for name, kind in IDS.items() if name in names]
    if DEVICE in names and "account_id" in names:
        found.append(("device", f"case when account_id is null then source_name || ':' || {DEVICE} end"))
    contacts = [column for column in contract.columns if column.normalized_name]
    return found + [(column.type, identifier(str(column.normalized_name))) for column in contacts]


def chained_kind(contract: Contract) -> str | None:
    """The kind of identifier that a row of the feed tells of, if other feeds name their persons by it alone."""
    kind = IDS.get(contract.key[0]) if len(contract.key) == 1 else None
    return kind if kind in CHAINED else None


def names_erased(contract: Contract, relation: str) -> str:
    """SQL that is true of the rows of `relation` (with the lake's columns) that name an erased person."""
    asked = [is_erased(kind, value, relation) for kind, value in values_of(contract)]
    return f"({' or '.join(asked) or 'false'})"


def text_names_erased(register: Register, contract: Contract, source_name: str, region: str, text: str | None) -> bool:
    """Whether a row that could not be loaded, as the text that is kept of it, names an erased person.

    Of a row whose columns are known, ids are looked for in theirs; of one that could not be read, in every piece.
    """
    return any(register.holds(kind, value) for kind, value in named_in(contract, source_name, region, text or ""))


def named_in(contract: Contract, source_name: str, region: str, text: str) -> Iterator[tuple[str, str]]:
    """Every kind and value that the text of a row may name somebody by."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if isinstance(told, dict):
        cells = {name.casefold(): str(value).strip() for name, value in told.items() if value is not None}
        names = {column.name for column in contract.columns} & set(IDS)
        yield from ((IDS[name], f"{source_name}:{cells[name]}") for name in names if name in cells)
        if DEVICE in cells and not cells.get("account_id"):
            yield "device", f"{source_name}:{cells[DEVICE]}"
        pieces = list(cells.values())
    else:
        pieces = PIECE.findall(text)
        yield from (("account", f"{source_name}:{piece}") for piece in pieces)
        yield from (("order", f"{source_name}:{piece}") for piece in pieces)
    for piece in pieces:
        if "@" in piece:
            yield "email", mailbox(piece) or piece.lower()
        elif phone := normalized_phone(piece, region):
            yield "phone", phone
