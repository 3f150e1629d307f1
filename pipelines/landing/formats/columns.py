"""Names the columns of a landed file so that SQL can tell them apart. What a column means does not belong here."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.problems import BadInput

MOST_COLUMNS = 10_000
TAKEN = "row_number"
MOST_DIGITS_OF_A_NAME = 6


@dataclass(frozen=True)
class Header:
    """The names of a file's columns, no two alike in any case, and what had to be changed for that."""

    names: list[str]
    remarks: tuple[str, ...] = ()


def named_columns(given: Sequence[object], file_name: str) -> Header:
    """Names trimmed, nameless columns called column_<n>, a name that stands there again numbered name_2, name_3 ...

    BadInput when a name is one that we need ourselves, or the columns are more than any table has.
    """
    if len(given) > MOST_COLUMNS:
        raise BadInput(f"{file_name} has {len(given):,} columns, more than {MOST_COLUMNS:,}: it is no table of records")
    trimmed = [str(name).strip() if name is not None else "" for name in given]
    wished = [name or f"column_{position}" for position, name in enumerate(trimmed, start=1)]
    named = Names(wished)
    names, remarks = [], []
    for position, name in enumerate(wished, start=1):
        if name.casefold() == TAKEN:
            raise BadInput(f"{file_name}, header, column {position}: the name '{name}' is taken by Guanxi; rename it")
        names.append(named.next(name))
        if names[-1] != name:
            remarks.append(_remark(name, position, names[-1]))
    return Header(names, tuple(remarks))


def _remark(name: str, position: int, given: str) -> str:
    """Where the first record was taken for a header, its values may be personal: such a name is not told."""
    if "@" in name or sum(mark.isdigit() for mark in name) > MOST_DIGITS_OF_A_NAME:
        return f"a name stands in the header again: column {position} is numbered (is the first line a header?)"
    return f"the name '{name}' stands in the header again: column {position} is read as '{given}'"


class Names:
    """Gives out names that differ without regard to case, and never one that somebody else is to have."""

    def __init__(self, reserved: Sequence[str] = ()) -> None:
        self._reserved = {name.casefold() for name in reserved} | {TAKEN}
        self._given: set[str] = set()
        self._numbers: dict[str, int] = {}

    def next(self, name: str) -> str:
        """The name itself when it is free, otherwise the name with the first free number from 2."""
        free, number = name, self._numbers.get(name.casefold(), 1)
        while free.casefold() in self._given or (number > 1 and free.casefold() in self._reserved):
            number += 1
            free = f"{name}_{number}"
        self._given.add(free.casefold())
        self._numbers[name.casefold()] = number
        return free
