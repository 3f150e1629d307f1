"""Which contacts and ids stand for nobody: the patterns, and the SQL that asks for them. No row is judged here."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipelines.landing.contracts import Column, load_contracts
from pipelines.landing.sql import literal

BLOCKED_EVERYWHERE = Path(__file__).with_suffix(".csv")
WILDCARDS = {"%": ".*", "_": "."}

# What nearly every id is: letters, digits, _ and -, a digit beyond 0 among them, a letter or digit first.
PLAIN_ID = "(?:[0A-Za-z][0A-Za-z_-]*)?[1-9][0-9A-Za-z_-]*"
BEYOND_PLAIN = re.compile("[^0-9A-Za-z_%-]")  # in a pattern, where _ and % stand for anything


class BlockedIdentifier(BaseModel):
    """Values of one type that stand for nobody.

    `type` is email, phone, id (any id column) or the name of one id column. `pattern` is an SQL like-pattern, in any
    letter case, over the normalized contact or the trimmed id: % stands for any characters, _ for one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    pattern: str
    reason: str = Field(min_length=1)

    @field_validator("type")
    @classmethod
    def _is_a_type(cls, value: str) -> str:
        ids = {column.name for contract in load_contracts().values() for column in contract.columns if column.is_id}
        known = ["email", "phone", "id", *sorted(ids)]
        if value not in known:
            raise ValueError(f"'{value}' is no type of identifier: use one of {', '.join(known)}")
        return value

    @field_validator("pattern")
    @classmethod
    def _blocks_something_but_not_everything(cls, value: str) -> str:
        if not value.strip("".join(WILDCARDS) + " "):
            raise ValueError(f"'{value}' would block every value: write the value, with % for any characters")
        return value.strip()

    def is_about(self, column: Column) -> bool:
        """Whether values of this column are compared with the pattern."""
        return self.type in (column.type, column.name if column.is_id else None)


@cache
def blocked_everywhere() -> tuple[BlockedIdentifier, ...]:
    """What stands for nobody in any shop."""
    with BLOCKED_EVERYWHERE.open(encoding="utf-8", newline="") as stream:
        return tuple(BlockedIdentifier.model_validate(row) for row in csv.DictReader(stream))


def is_blocked(
    text: str, column: Column, of_the_source: Iterable[BlockedIdentifier], is_plain: str | None = None
) -> str:
    """SQL that is true when `text`, a value of the column as SQL, stands for nobody; never null.

    `is_plain` is SQL that tells of the value whether it is a PLAIN_ID, if that is known: then it need not be compared.
    """
    patterns = [blocked.pattern.lower() for blocked in patterns_for(column, of_the_source)]
    if not patterns:
        return "false"
    # all patterns in one go: a `like` for each takes half as long again
    expression = "|".join("".join(WILDCARDS.get(mark, re.escape(mark)) for mark in pattern) for pattern in patterns)
    fits = f"coalesce(regexp_full_match(lower({text}), {literal(expression)}, 's'), false)"
    otherwise = f"when {_may_be_blocked(text, patterns)} then {fits} else false end"
    if is_plain and not any(_may_be_plain(pattern) for pattern in patterns):
        return f"case when {is_plain} then false {otherwise}"
    return f"case {otherwise}"


def _may_be_plain(pattern: str) -> bool:
    """Whether the pattern fits a PLAIN_ID."""
    if _has_wildcard(pattern):
        return not BEYOND_PLAIN.search(pattern)
    return re.fullmatch(PLAIN_ID, pattern) is not None


def _may_be_blocked(text: str, patterns: list[str]) -> str:
    """SQL that holds for all that the patterns fit and for little else: to ask it costs a sixth of comparing.

    A word fits nothing of another length, a mask such as %**% nothing without its marks.
    """
    words = [pattern for pattern in patterns if not _has_wildcard(pattern)]
    marks = {pattern.strip("%") for pattern in patterns if _has_wildcard(pattern)}
    if any(_has_wildcard(mark) or mark.upper() != mark.lower() for mark in marks):
        return "true"
    lengths = sorted({len(word) for word in words})
    has_length = f"list_contains({lengths}, length({text}))"
    return " or ".join([has_length, *(f"contains({text}, {literal(mark)})" for mark in sorted(marks))])


def _has_wildcard(pattern: str) -> bool:
    return any(wildcard in pattern for wildcard in WILDCARDS)


def patterns_for(column: Column, of_the_source: Iterable[BlockedIdentifier]) -> list[BlockedIdentifier]:
    """The patterns that values of the column are compared with, in the order in which they are written."""
    return [blocked for blocked in (*blocked_everywhere(), *of_the_source) if blocked.is_about(column)]
