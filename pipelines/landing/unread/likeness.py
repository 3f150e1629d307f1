"""Which of our names another name is likely to mean, and what is told of it. Nothing is read here."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Literal

from pydantic import BaseModel, ConfigDict

from pipelines.landing.contracts import load_contracts

ALIKE = 0.8  # totl for total, Order for orders; not subtotal for total, status for state


class Unread(BaseModel):
    """A file, sheet or column that was not read, what it is likely to mean, and how that is mended.

    `is_required`: a feed or column is meant that no source can do without.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["file", "sheet", "column"]
    name: str
    likely_feed: str | None = None
    likely_column: str | None = None
    is_required: bool = False
    detail: str


def plain(name: str) -> str:
    """The name without case, blanks and signs."""
    return "".join(mark for mark in name.casefold() if mark.isalnum())


def likely(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` resembles most, None when it resembles none."""
    given = plain(name)
    found = [(SequenceMatcher(None, given, plain(candidate)).ratio(), candidate) for candidate in candidates]
    best, candidate = max(found, default=(0.0, None))
    return candidate if best > ALIKE else None


def contained(name: str, words: Iterable[str]) -> str | None:
    """The longest of the words that stands within `name` (new_orders.csv), else the one that it resembles."""
    words = sorted(words, key=len, reverse=True)
    given = plain(name)
    within = (word for word in words if len(plain(word)) >= (4 if word.isascii() else 2) and plain(word) in given)
    bare = "".join(mark for mark in name if not mark.isdigit())
    return next(within, None) or likely(bare, words)


def is_required_feed(feed: str | None) -> bool:
    """Whether no source can do without the feed."""
    return feed is not None and load_contracts()[feed].is_required
