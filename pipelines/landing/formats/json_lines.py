"""Reads JSON Lines: one object per line, its members as text. What the members mean does not belong here."""

import json
from pathlib import Path

from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.table import LandedFile, TextTable, checked_header
from pipelines.landing.formats.text import encoding_of, open_text

EXPECTED = 'expected one object in braces per line, e.g. {"order_id": "1"}'


def read_json_lines(opened: Opened, folder: Path, declared_encoding: str | None) -> LandedFile:
    """Numbers keep the digits they were written with; nested values become JSON text; members may come and go."""
    table = TextTable(folder, [])
    with open_text(opened, encoding_of(opened, declared_encoding)) as stream:
        for line in stream:
            if line.strip():
                _read_line(line, table, opened.name)
    return table.finish()


def _read_line(line: str, table: TextTable, file_name: str) -> None:
    try:
        record = json.loads(line, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        table.reject(line.strip(), f"the line is not valid JSON: {error}; {EXPECTED}")
        return
    if not isinstance(record, dict) or "" in record:
        table.reject(line.strip(), f"the line holds no object whose members all have names; {EXPECTED}")
        return
    record = {name.strip(): value for name, value in record.items()}
    if new := [name for name in record if name not in table.columns]:
        known = len(table.columns)
        table.widen(checked_header([*table.columns, *new], file_name)[known:])
    table.add([_as_text(record.get(name)) for name in table.columns])


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
