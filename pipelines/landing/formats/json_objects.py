"""Reads JSON objects, one per line or all in one array, their members as text. What members mean is not asked."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.columns import MOST_COLUMNS, TAKEN, Names
from pipelines.landing.formats.json_array import Unreadable, elements
from pipelines.landing.formats.table import LandedFile, TextTable
from pipelines.landing.formats.text import encoding_of, open_text
from pipelines.problems import BadInput

EXPECTED = 'expected one object in braces per line, e.g. {"order_id": "1"}'
HEAD_CHARACTERS = 4096

ARRAY = re.compile(r"\s*\[\s*[\[{\]]")
SPREAD_OBJECT = re.compile(r'\s*\{\s*("(?:[^"\\]|\\.)*"\s*:\s*[\[{]?|"[^\n]*[^}\s],)?[ \t]*\r?\n')
WRAPPED_ARRAY = re.compile(r'\s*\{\s*"([^"\\]{1,80})"\s*:\s*\[')


class Members:
    """The columns of the objects seen so far, by the names of their members as they are written."""

    def __init__(self, table: TextTable, file_name: str) -> None:
        self.remarks: list[str] = []
        self._table = table
        self._file_name = file_name
        self._names = Names()
        self._places: dict[str, int] = {}

    def add(self, record: dict[str, object]) -> None:
        """The next row of the table; members come and go."""
        new = [name for name in record if name not in self._places]
        if new:
            self._widen(new)
        row: list[str | None] = [None] * (1 + max((self._places[name] for name in record), default=-1))
        for name, value in record.items():
            row[self._places[name]] = _as_text(value)
        self._table.add(row)

    def _widen(self, members: list[str]) -> None:
        if len(self._places) + len(members) > MOST_COLUMNS:
            raise BadInput(
                f"{self._file_name} names more than {MOST_COLUMNS:,} different members: give the members of all "
                "objects the same names, and what differs from object to object as values"
            )
        names = []
        for member in members:
            wished = member.strip()
            if wished.casefold() == TAKEN:
                raise BadInput(f"{self._file_name}: the member '{wished}' has a name taken by Guanxi; rename it")
            names.append(self._names.next(wished))
            if names[-1] != wished:
                self.remarks.append(
                    f"a member is named like another but for case or blanks: it is called '{names[-1]}'"
                )
        self._places |= {member: len(self._places) + place for place, member in enumerate(members)}
        self._table.widen(names)


def read_json(opened: Opened, folder: Path, declared_encoding: str | None) -> LandedFile:
    """Numbers keep the digits they were written with; nested values become JSON text; members may come and go.

    What is no object is an unreadable row. BadInput when an array is broken or cut off, or holds one object only in
    which the rows are an array.
    """
    table = TextTable(folder, [])
    members = Members(table, opened.name)
    encoding = encoding_of(opened, declared_encoding)
    with open_text(opened, encoding) as stream:
        head = stream.read(HEAD_CHARACTERS)
    _refuse_spread(head, opened.name)
    with open_text(opened, encoding) as stream:
        is_array = ARRAY.match(head) or (opened.suffix == ".json" and head.lstrip().startswith("["))
        for value in elements(stream, opened.name) if is_array else _lines(stream, opened.name):
            if isinstance(value, Unreadable):
                table.reject(value.original, value.detail)
            else:
                members.add(value)
    if table.row_number and not table.columns:
        raise BadInput(f"{opened.name} holds no JSON object: {EXPECTED}, or all objects in one array")
    return table.finish(members.remarks)


def _lines(stream: TextIO, file_name: str) -> Iterator[dict[str, object] | Unreadable]:
    rows, last = 0, {}
    for line in stream:
        text = line.strip()
        if not text:
            continue
        rows += 1
        try:
            record = json.loads(line, parse_float=str, parse_int=str)
        except (ValueError, RecursionError) as error:
            yield Unreadable(text, f"the line is not valid JSON: {error}; {EXPECTED}")
            continue
        if not isinstance(record, dict) or any(not name.strip() for name in record):
            yield Unreadable(text, f"the line holds no object whose members all have names; {EXPECTED}")
        else:
            last = record
            yield record
    if rows == 1:
        _refuse_wrapped(last, file_name)


def _refuse_spread(head: str, file_name: str) -> None:
    """A first line that is the beginning of an object makes each line of the file unreadable."""
    if SPREAD_OBJECT.match(head):
        wrapped = WRAPPED_ARRAY.match(head)
        raise BadInput(_mend(f"{file_name} holds an object that is spread over many lines", wrapped and wrapped[1]))


def _refuse_wrapped(record: dict[str, object], file_name: str) -> None:
    """A file of one object whose one member is an array of objects holds rows, but not as its own."""
    [member, value] = [*record, *record.values()] if len(record) == 1 else ["", None]
    if isinstance(value, list) and value and all(isinstance(element, dict) for element in value):
        raise BadInput(_mend(f"{file_name} holds one object around its rows", str(member)))


def _mend(fault: str, member: str | None) -> str:
    inside = f", which may be its member '{member}'," if member else ""
    return f"{fault}: export the array of rows [{{...}}, {{...}}]{inside} alone, or one object per line"


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
