"""Finds the cells of a sheet that show something and hold no value: errors, and formulas never computed. No row here.

Readers of workbooks give such a cell as an empty one, so the sheet's own XML is asked.
"""

import re
import zipfile
from collections import defaultdict
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree

CHUNK_BYTES = 1 << 20
LONGEST_MARK = 8

Spoiled = dict[int, dict[int, str]]

SUSPECT = re.compile(rb"""[<:]f[\s/>]|t\s?=\s?["']e["']""")
REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")


def spoiled_cells(workbook: Path, sheet: int) -> Spoiled:
    """What is wrong with cells of the sheet at this place, by row and column from 0; whole sheets cost one look."""
    with zipfile.ZipFile(workbook) as archive:
        name = _sheet_name(archive, sheet)
        if name is None:
            return {}
        with archive.open(name) as stream:
            if not _is_suspect(stream):
                return {}
        with archive.open(name) as stream:
            return _faults(stream)


def _sheet_name(archive: zipfile.ZipFile, sheet: int) -> str | None:
    """The sheet's place in the archive, or None in a workbook that is not laid out as Excel does it."""
    try:
        workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        listed = [element for element in workbook.iter() if _local(element.tag) == "sheet"][sheet]
        [identifier] = [value for key, value in listed.items() if _local(key) == "id"]
        target = (PurePosixPath("/xl") / targets[identifier]).as_posix().lstrip("/")
    except (KeyError, IndexError, ValueError):
        return None
    return target if target in archive.namelist() else None


def _is_suspect(stream: IO[bytes]) -> bool:
    tail = b""
    while chunk := stream.read(CHUNK_BYTES):
        if SUSPECT.search(tail + chunk):
            return True
        tail = chunk[-LONGEST_MARK:]
    return False


def _faults(stream: IO[bytes]) -> Spoiled:
    """Cells and rows need not say where they are: then they follow the one before."""
    found: Spoiled = defaultdict(dict)
    row, column = -1, -1
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        kind = _local(element.tag)
        if event == "start" and kind == "row":
            row, column = int(element.get("r", row + 2)) - 1, -1
        elif event == "end" and kind == "c":
            place = REFERENCE.fullmatch(element.get("r", ""))
            column = _number(place[1]) if place else column + 1
            if fault := _fault(element):
                found[row][column] = fault
        elif event == "end" and kind == "row":
            element.clear()
    return dict(found)


def _fault(cell: ElementTree.Element) -> str | None:
    parts = {_local(part.tag): part.text or "" for part in cell}
    if cell.get("t") == "e":
        return f"the error {parts.get('v') or 'of a formula'}"
    if "f" in parts and not parts.get("v") and cell.get("t") != "str":
        return "a formula whose value was never saved"
    return None


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _local(name: str) -> str:
    return name.rpartition("}")[2]
