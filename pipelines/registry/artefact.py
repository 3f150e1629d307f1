"""The file of one model: the same model makes the same bytes, on any day and in any process. Decides nothing.

skops names arrays and objects by where they lie in memory, and the archive's entries by the clock. Here both are
numbered in the order in which the schema comes to them, so that the digest of a file tells of the model alone.
"""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile, ZipInfo

SCHEMA = "schema.json"
ID, FILE = "__id__", "file"  # keys of skops' schema: an object's address; the archive's entry that holds an array


def write_artefact(model: Any, path: Path) -> None:
    """Write a model as skops holds it, entries and objects renamed to their numbers in the schema."""
    from skops.io import dumps

    with ZipFile(io.BytesIO(dumps(model))) as written, ZipFile(path, "w") as renamed:
        number: dict[str, int] = {}
        schema = _renamed(json.loads(written.read(SCHEMA)), number)
        for name in sorted(set(written.namelist()) - {SCHEMA}, key=lambda name: number[_address(name)]):
            renamed.writestr(ZipInfo(_by_number(name, number)), written.read(name))
        renamed.writestr(ZipInfo(SCHEMA), json.dumps(schema, indent=2))


def _renamed(told: Any, number: dict[str, int]) -> Any:
    if isinstance(told, list):
        return [_renamed(one, number) for one in told]
    if not isinstance(told, dict):
        return told
    renamed: dict[str, Any] = {}
    for key, value in told.items():
        if key == ID and isinstance(value, int):
            renamed[key] = _number(str(value), number)
        elif key == FILE and isinstance(value, str):
            _number(_address(value), number)
            renamed[key] = _by_number(value, number)
        else:
            renamed[key] = _renamed(value, number)
    return renamed


def _number(address: str, number: dict[str, int]) -> int:
    return number.setdefault(address, len(number) + 1)


def _address(name: str) -> str:
    return name.partition(".")[0]


def _by_number(name: str, number: dict[str, int]) -> str:
    return f"{number[_address(name)]}.{name.partition('.')[2]}"
