"""Reads the first sheet of an Excel workbook as rows of text. No other sheet and no formula is looked at here."""

import datetime
from pathlib import Path

from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.table import LandedFile, TextTable, checked_header
from pipelines.problems import BadInput


def read_spreadsheet(opened: Opened, folder: Path) -> LandedFile:
    """The first row that is not empty names the columns; empty rows are no rows. A sheet ends at a million rows."""
    import python_calamine as calamine

    try:
        sheet = calamine.CalamineWorkbook.from_path(str(opened.as_file(folder))).get_sheet_by_index(0)
    except calamine.PasswordError as error:
        raise BadInput(f"{opened.name} is protected by a password: save it without one") from error
    except calamine.CalamineError as error:
        raise BadInput(f"{opened.name} is not a readable Excel workbook ({error}): save it again as .xlsx") from error
    rows = (row for row in ([_as_text(cell) for cell in cells] for cells in sheet.iter_rows()) if any(row))
    header = next(rows, None)
    if header is None:
        raise BadInput(f"{opened.name} is empty: the first row of its first sheet must name the columns")
    table = TextTable(folder, checked_header(header, opened.name))
    for row in rows:
        table.add(row)
    return table.finish()


def _as_text(cell: object) -> str | None:
    """Excel knows no whole numbers: 7.0 is written 7, as it is shown in the sheet."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return None if cell is None or cell == "" else str(cell)
