"""Finds out from the first lines of a file how its rows are cut into fields. The rows are read elsewhere."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.landing.file_form import FileForm
from pipelines.problems import BadInput

DELIMITERS = (",", "\t", ";", "|")
OTHER_DELIMITERS = "^~:!#$%&*+=/\\@\x01\x1f，；、"
SAMPLE_LINES = 100

# The first line by which Excel is told the delimiter.
SEPARATOR_LINE = re.compile(r'^\ufeff?"?sep=(.)"?\s*$', re.IGNORECASE)

SURPLUS = "most rows end in one empty field more than the header has: it is dropped"


@dataclass(frozen=True)
class Layout:
    """How rows are cut; `has_surplus_field` when they commonly end in one empty field more than the header has."""

    delimiter: str
    lines_before_header: int = 0
    has_surplus_field: bool = False

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to tell the user."""
        return (SURPLUS,) if self.has_surplus_field else ()


def layout_of(sample: list[str], form: FileForm, file_name: str) -> Layout:
    """The layout as declared, as a `sep=` line says, or as most rows agree with the header.

    BadInput when the header shows none of the usual delimiters but all lines another one.
    """
    separator = SEPARATOR_LINE.match(sample[0]) if sample else None
    before = 1 if separator else 0
    lines = sample[before:]
    delimiter = form.delimiter or (separator[1] if separator else None)
    if delimiter is None:
        delimiter = max(DELIMITERS, key=lambda candidate: _agreement(_widths(lines, candidate, form)))
        if not form.header:
            _refuse_unusual(lines, file_name)
    return Layout(delimiter, before, _ends_in_surplus(_widths(lines, delimiter, form)))


def _widths(lines: list[str], delimiter: str, form: FileForm) -> list[tuple[int, bool]]:
    """Of header and each row: the number of fields, and whether the last one is empty."""
    declared = [(len(form.header), False)] if form.header else []
    try:
        rows = [(len(row), not row[-1].strip()) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []
    skipped = form.skip_lines_after_header
    return declared + rows[:1] + rows[1 + skipped :]


def _agreement(widths: Sequence[tuple[int, bool]]) -> tuple[int, int]:
    """How many rows are as wide as the header or one empty field wider; among equals the widest header wins."""
    if not widths or widths[0][0] == 1:
        return (0, 0)
    header = widths[0][0]
    return (sum(width == header or (width == header + 1 and is_open) for width, is_open in widths), header)


def _ends_in_surplus(widths: Sequence[tuple[int, bool]]) -> bool:
    """Only where most rows do so: in a single one it may be an unquoted delimiter in a text before an empty field."""
    header, *rows = widths or [(0, False)]
    surplus = sum(width == header[0] + 1 and is_open for width, is_open in rows)
    return surplus * 2 >= len(rows) > 0


def _refuse_unusual(lines: list[str], file_name: str) -> None:
    header, *rows = [line for line in lines if line.strip()] or [""]
    if any(delimiter in header for delimiter in DELIMITERS):
        return
    found = max(OTHER_DELIMITERS, key=header.count)
    count = header.count(found)
    agreeing = sum(row.count(found) == count for row in rows)
    if count and (agreeing * 5 >= len(rows) * 4 if rows else count > 1):
        raise BadInput(
            f"{file_name} has {found!r} between its columns, which is none of comma, tab, semicolon and bar: export it "
            f"with one of these, or declare it in source.yml under files, e.g. {{pattern: ..., delimiter: {found!r}}}"
        )
