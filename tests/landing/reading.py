"""Reads one landed file as ingest does, for the tests of formats. What the rows should be is theirs to say."""

from pathlib import Path
from typing import Any

import duckdb

from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.readers import read_landed_file


def land(path: Path, folder: Path, **declared: Any) -> LandedFile:
    """The file as a source that declares this would land it, with a work folder made in `folder`."""
    work = folder / "work"
    work.mkdir()
    return read_landed_file(path, path.name, work, FileForm(pattern="*", **declared))


def rows_of(landed: LandedFile) -> tuple[list[tuple], list[tuple]]:
    """The rows in order without their number (checked), and the unreadable ones."""
    rows = duckdb.sql(f"select * from ({landed.relation}) order by row_number")
    place = rows.columns.index("row_number")
    found = rows.fetchall()
    unreadable = landed.unreadable and duckdb.sql(f"from '{landed.unreadable}' order by row_number").fetchall()
    numbers = [row[place] for row in found] + [row[0] for row in unreadable or []]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    return [row[:place] + row[place + 1 :] for row in found], unreadable or []


def columns_of(landed: LandedFile) -> list[str]:
    """The names of the file's columns."""
    return [name for name in duckdb.sql(landed.relation).columns if name != "row_number"]


def read(path: Path, folder: Path, encoding: str | None = None) -> tuple[list[tuple], list[tuple]]:
    """The rows and the unreadable ones of a file of which at most an encoding is declared."""
    return rows_of(land(path, folder, encoding=encoding))
