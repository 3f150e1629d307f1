"""Reads CSV and its kin: broken rows are found one by one. Encodings and which delimiter it is do not belong here."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.columns import Header, named_columns
from pipelines.landing.formats.delimiters import SAMPLE_LINES, Layout, layout_of
from pipelines.landing.formats.table import LandedFile, TextTable
from pipelines.landing.formats.text import encoding_of, open_text
from pipelines.landing.formats.well_formed import read_well_formed
from pipelines.problems import BadInput

UTF_8 = ("utf-8", "utf-8-sig")


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


def read_delimited(opened: Opened, folder: Path, form: FileForm) -> LandedFile:
    """All columns as text. A row whose quotes or number of fields are wrong is unreadable; blank lines are no rows.

    Where most rows end in one empty field more than the header has, that field is dropped. Row numbers begin after the
    header, the lines that `form` says to skip after it being part of it.
    """
    encoding = encoding_of(opened, form.encoding)
    with open_text(opened, encoding) as stream:
        layout = layout_of(list(islice(stream, SAMPLE_LINES)), form, opened.name)
    with open_text(opened, encoding) as stream:
        lines = Lines(islice(stream, layout.lines_before_header, None))
        header = _read_header(lines, layout, form, opened.name)
        before = [*[""] * layout.lines_before_header, *lines.taken]
        if encoding in UTF_8 and (quick := read_well_formed(opened, folder, layout, header.names, before)):
            return replace(quick, remarks=header.remarks)
        table = TextTable(folder, header.names)
        _read_rows(lines, layout, table)
    return table.finish([*header.remarks, *layout.remarks])


def _read_header(lines: Lines, layout: Layout, form: FileForm, file_name: str) -> Header:
    if form.header:
        return named_columns(form.header, file_name)
    rows = (row for row in csv.reader(lines, delimiter=layout.delimiter, strict=True) if row)
    try:
        header = next(rows, None)
        for _explanation in range(form.skip_lines_after_header):
            next(rows, None)
    except csv.Error as error:
        raise BadInput(f"{file_name}, header: {error}; the first line must name the columns") from error
    if header is None:
        raise BadInput(f"{file_name} is empty: its first line must name the columns")
    return named_columns(header, file_name)


def _read_rows(lines: Lines, layout: Layout, table: TextTable) -> None:
    width = len(table.columns)
    reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
    while True:
        lines.taken.clear()
        try:
            row = next(reader, None)
        except csv.Error as error:
            # A quote that is never closed swallows the rows after it: only its own line is lost.
            table.reject(_without_line_end(lines.give_back_all_but_first()), f"the row cannot be read: {error}")
            reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
            continue
        if row is None:
            return
        if len(row) == width:
            table.add(row)
        elif layout.has_surplus_field and len(row) == width + 1 and not row[-1].strip():
            table.add(row[:-1])
        elif row:
            original = _without_line_end("".join(lines.taken))
            table.reject(original, f"the row has {len(row)} fields where the header has {width}")


def _without_line_end(text: str) -> str:
    return text.rstrip("\r\n")
