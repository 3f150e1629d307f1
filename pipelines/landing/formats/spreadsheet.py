"""Reads the first sheet of an Excel workbook as rows of text, and names the others. No formula is computed here."""

import datetime
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.columns import Header, named_columns
from pipelines.landing.formats.spoiled_cells import Spoiled, spoiled_cells
from pipelines.landing.formats.table import LandedFile, TextTable, UnreadSheet
from pipelines.problems import BadInput

if TYPE_CHECKING:
    import python_calamine as calamine

Row = list[str | None]

# Excel keeps 15 digits of a number: from here on the last ones are made up.
FIRST_ROUNDED = 1e15


def read_spreadsheet(opened: Opened, folder: Path, form: FileForm) -> LandedFile:
    """The first row that is not empty names the columns; empty rows are no rows. A sheet ends at a million rows.

    A row with an error or a formula without a value under one of the names is unreadable. A number of 16 digits or
    more was rounded by Excel: it is given as Excel shows it, 3.51531131473290E+16.
    """
    import python_calamine as calamine

    file = opened.as_file(folder)
    try:
        workbook = calamine.CalamineWorkbook.from_path(str(file))
        sheet = workbook.get_sheet_by_index(0)
        spoiled = spoiled_cells(file, 0)
    except calamine.PasswordError as error:
        raise BadInput(f"{opened.name} is protected by a password: save it without one") from error
    except (calamine.CalamineError, zipfile.BadZipFile, ParseError) as error:
        raise BadInput(f"{opened.name} is not a readable Excel workbook ({error}): save it again as .xlsx") from error
    rows = _rows(sheet, spoiled)
    header, has_name = _read_header(rows, form, opened.name)
    table = TextTable(folder, header.names)
    for row, faults in rows:
        named = {place: fault for place, fault in faults.items() if place < len(has_name) and has_name[place]}
        if named:
            place, fault = min(named.items())
            table.reject("\t".join(value or "" for value in row), f"column {header.names[place]} holds {fault}")
        elif any(row):
            table.add(row)
    return table.finish(header.remarks, _unread_sheets(workbook))


def _rows(sheet: "calamine.CalamineSheet", spoiled: Spoiled) -> Iterator[tuple[Row, dict[int, str]]]:
    """Rows that hold anything, with the faults of their cells by place in the row."""
    left = sheet.start[1] if sheet.start else 0
    number = -1
    for number, cells in enumerate(sheet.iter_rows()):
        row = [_as_text(cell) for cell in cells]
        if any(row) or number in spoiled:
            yield row, {column - left: fault for column, fault in spoiled.get(number, {}).items()}
    for later in sorted(spoiled):
        if later > number:
            yield [], {column - left: fault for column, fault in spoiled[later].items()}


def _read_header(
    rows: Iterator[tuple[Row, dict[int, str]]], form: FileForm, file_name: str
) -> tuple[Header, list[bool]]:
    """The names, and which columns were given one."""
    if form.header:
        return named_columns(form.header, file_name), [True] * len(form.header)
    first = next((row for row, _faults in rows if any(row)), None)
    if first is None:
        raise BadInput(f"{file_name} is empty: the first row of its first sheet must name the columns")
    for _explanation in range(form.skip_lines_after_header):
        next(rows, None)
    return named_columns(first, file_name), [bool(name and name.strip()) for name in first]


def _unread_sheets(workbook: "calamine.CalamineWorkbook") -> list[UnreadSheet]:
    """The sheets after the first that hold anything."""
    unread = []
    for place, name in enumerate(workbook.sheet_names):
        rows = (row for row, _faults in _rows(workbook.get_sheet_by_index(place), {})) if place else iter(())
        if (header := next(rows, None)) is not None:
            unread.append(UnreadSheet(name, tuple(value or "" for value in header), sum(1 for _row in rows)))
    return unread


def _as_text(cell: object) -> str | None:
    """Excel knows no whole numbers: 7.0 is written 7, as it is shown in the sheet."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < FIRST_ROUNDED else f"{cell:.14E}"
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return None if cell is None or cell == "" else str(cell)
