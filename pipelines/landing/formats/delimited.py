"""Reads CSV and its kin: any usual delimiter, broken rows found one by one. Encodings do not belong here."""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.table import LandedFile, TextTable, checked_header
from pipelines.landing.formats.text import encoding_of, open_text
from pipelines.problems import BadInput

DELIMITERS = (",", "\t", ";", "|")
SAMPLE_LINES = 100


class Lines:
    """Lines of a text that remember what the current row took, so that a row that went wrong can give some back."""

    def __init__(self, stream: Iterator[str]) -> None:
        self.taken: list[str] = []
        self._stream = stream
        self._again: deque[str] = deque()

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._stream)
        self.taken.append(line)
        return line

    def give_back_all_but_first(self) -> str:
        """The first line the current row took; the others will be read again."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first


def read_delimited(opened: Opened, folder: Path, declared_encoding: str | None) -> LandedFile:
    """All columns as text. A row whose quotes or number of fields are wrong is unreadable; blank lines are no rows."""
    encoding = encoding_of(opened, declared_encoding)
    with open_text(opened, encoding) as stream:
        delimiter = _delimiter_of(list(islice(stream, SAMPLE_LINES)))
    with open_text(opened, encoding) as stream:
        lines = Lines(stream)
        header = _read_header(lines, delimiter, opened.name)
        table = TextTable(folder, header)
        _read_rows(lines, delimiter, table)
    return table.finish()


def _read_header(lines: Lines, delimiter: str, file_name: str) -> list[str]:
    try:
        header = next((row for row in csv.reader(lines, delimiter=delimiter, strict=True) if row), None)
    except csv.Error as error:
        raise BadInput(f"{file_name}, header: {error}; the first line must name the columns") from error
    if header is None:
        raise BadInput(f"{file_name} is empty: its first line must name the columns")
    return checked_header(header, file_name)


def _read_rows(lines: Lines, delimiter: str, table: TextTable) -> None:
    width = len(table.columns)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        try:
            row = next(reader, None)
        except csv.Error as error:
            # A quote that is never closed swallows the rows after it: only its own line is lost.
            table.reject(_without_line_end(lines.give_back_all_but_first()), f"the row cannot be read: {error}")
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if row is None:
            return
        if len(row) == width:
            table.add(row)
        elif row:
            original = _without_line_end("".join(lines.taken))
            table.reject(original, f"the row has {len(row)} fields where the header has {width}")


def _delimiter_of(sample: list[str]) -> str:
    """The candidate under which most rows are as wide as the header; among equals the one with the widest header."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] == 1:
        return (0, 0)
    return (widths.count(widths[0]), widths[0])


def _without_line_end(text: str) -> str:
    return text.rstrip("\r\n")
