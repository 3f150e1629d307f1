"""What `guanxi config` shows: the settings in force, who has said so, what they mean. Nothing is decided here."""

import json
from dataclasses import asdict, dataclass
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.folders import DataFolder
from pipelines.settings.model import fields
from pipelines.settings.reading import DEFAULT, in_force, layer_of, origin_of_data_dir, read_layers


class Form(Enum):
    """For whom the settings are written."""

    TABLE = "a person"
    JSON = "a program"
    DBT = "dbt"


@dataclass(frozen=True)
class Line:
    """One setting: its value in force, who has said so, what it means."""

    key: str
    value: Any
    origin: str
    meaning: str


def show_config(console: Console, named: Path | None, folder: DataFolder, form: Form) -> None:
    """Print the settings of a data directory; `named` is the one of the command line. BadInput when one is wrong."""
    if form is Form.DBT:
        print(json.dumps(in_force(read_layers(folder)).dbt_variables()))
        return
    where = Line("data_dir", str(folder.home), origin_of_data_dir(named), "where shop.yml and all that a run makes lie")
    lines = [where, *lines_of(folder)]
    if form is Form.JSON:
        print(json.dumps([asdict(line) for line in lines], ensure_ascii=False, default=str))
        return
    table = Table("setting", "value", "said by", "meaning", box=None, header_style="dim", pad_edge=False)
    for line in lines:
        shown = "" if line.value in (None, {}) else _text(line.value)
        table.add_row(*(escape(text) for text in (line.key, shown, line.origin, line.meaning)))
    console.print(table, highlight=False)


def lines_of(folder: DataFolder) -> list[Line]:
    """Every setting, in the order of the model."""
    layers = read_layers(folder)
    settings = in_force(layers)
    lines = []
    for key, field in fields():
        layer = layer_of(key, layers)
        meaning = field.description or ""
        lines.append(Line(key, _plain(attrgetter(key)(settings)), layer.origin if layer else DEFAULT, meaning))
    return lines


def _plain(value: Any) -> Any:
    """A value as JSON has it: money as a number."""
    from decimal import Decimal

    if not isinstance(value, Decimal):
        return value
    return int(value) if value == int(value) else float(value)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}={folder}" if folder else name for name, folder in value.items())
    return str(value)
