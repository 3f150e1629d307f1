"""What every table says of itself in its yml: key, columns, types, meaning. Who asks it, or shows it, stands elsewhere.

A table that dbt builds is declared beside its model, one that another step writes as a source of dbt, a feed by its
contract: in the end dbt's manifest has them all.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipelines.dbt import manifest

MODEL_OF_A_TEST = re.compile(r"(?:source\('(\w+)', |ref\()'(\w+)'\)")


@dataclass(frozen=True)
class DeclaredColumn:
    """One column; `values` closes its set, `is_required` forbids null, `is_personal` keeps it from readers."""

    name: str
    data_type: str
    meaning: str
    is_required: bool = False
    is_personal: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeclaredTable:
    """One table, "schema.name": the folder it is declared in, its meaning (the grain first), what names a row.

    `is_history`: its rows are kept from night to night, and the last of them tell of the publication itself. What
    readers see says which `question` it answers, and how: `example` is a select for DuckDB.
    """

    address: str
    subject: str
    meaning: str
    is_built_by_dbt: bool
    is_history: bool
    columns: tuple[DeclaredColumn, ...]
    key: tuple[str, ...] = ()
    question: str = ""
    example: str = ""

    @property
    def schema(self) -> str:
        """The part of the address that says who may read it."""
        return self.address.split(".")[0]

    @property
    def grain(self) -> str:
        """The first sentence of its meaning."""
        return re.split(r"(?<=[.:]) ", self.meaning, maxsplit=1)[0].rstrip(":")

    @property
    def column_names(self) -> list[str]:
        """Its columns in order."""
        return [column.name for column in self.columns]


@dataclass
class _Promises:
    """What the tests of one table say."""

    keys: list[tuple[str, ...]] = field(default_factory=list)
    required: set[str] = field(default_factory=set)
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def declared_tables() -> dict[str, DeclaredTable]:
    """Every table of the house by its address, in alphabetical order."""
    promises = _promises()
    nodes = [*manifest()["nodes"].values(), *manifest()["sources"].values()]
    tables = [
        _table(node, promises.get(_name(node), _Promises()))
        for node in nodes
        if node["resource_type"] in ("model", "source", "seed")
    ]
    return {table.address: table for table in sorted(tables, key=lambda table: table.address)}


def tables_in(*schemas: str) -> list[DeclaredTable]:
    """The declared tables of these schemas."""
    return [table for table in declared_tables().values() if table.schema in schemas]


def history() -> dict[str, dict[str, str]]:
    """Columns with their types, by table, of what is kept from night to night."""
    return {
        table.address: {column.name: column.data_type for column in table.columns}
        for table in declared_tables().values()
        if table.is_history
    }


@cache
def personal_names() -> frozenset[str]:
    """Names of the columns that are personal somewhere: none of them may be seen by a reader, wherever it stands."""
    return frozenset(
        column.name for table in declared_tables().values() for column in table.columns if column.is_personal
    )


def _table(node: dict[str, Any], promised: _Promises) -> DeclaredTable:
    columns = tuple(
        DeclaredColumn(
            name=column["name"],
            data_type=column["data_type"] or "",
            meaning=" ".join(column["description"].split()),
            is_required=column["name"] in promised.required,
            is_personal=bool(column["meta"].get("is_personal")),
            values=promised.values.get(column["name"], ()),
        )
        for column in node["columns"].values()
    )
    return DeclaredTable(
        address=f"{node['schema']}.{node['name']}",
        subject=node["fqn"][1],
        meaning=" ".join(node["description"].split()),
        is_built_by_dbt=node["resource_type"] != "source",
        is_history=bool(node["meta"].get("is_history")),
        columns=columns,
        key=promised.keys[0] if promised.keys else (),
        question=node["meta"].get("question", ""),
        example=node["meta"].get("example", ""),
    )


def _promises() -> dict[str, _Promises]:
    found: dict[str, _Promises] = {}
    for test in _tests():
        named = MODEL_OF_A_TEST.search(test["test_metadata"]["kwargs"].get("model", ""))
        if named and not test["config"]["where"] and test["config"]["severity"].upper() == "ERROR":
            promises = found.setdefault(".".join(filter(None, named.groups())), _Promises())
            _take(promises, test["test_metadata"]["name"], test["test_metadata"]["kwargs"])
    return found


def _take(promises: _Promises, kind: str, arguments: dict[str, Any]) -> None:
    column = arguments.get("column_name", "")
    if kind == "not_null":
        promises.required.add(column)
    elif kind == "unique":
        promises.keys.append((column,))
    elif kind == "unique_together":
        promises.keys.append(tuple(arguments["columns"]))
        promises.required.update(arguments["columns"])
    elif kind == "accepted_values":
        promises.values[column] = tuple(map(str, arguments["values"]))


def _tests() -> Iterable[dict[str, Any]]:
    """All generic tests, those too that gates ask before dbt is at work, which dbt calls disabled."""
    every = [*manifest()["nodes"].values(), *(node for same in manifest()["disabled"].values() for node in same)]
    return [node for node in every if node["resource_type"] == "test" and node.get("test_metadata")]


def _name(node: dict[str, Any]) -> str:
    """As a test names its table: a model by its name, a source by both."""
    return f"{node['source_name']}.{node['name']}" if node["resource_type"] == "source" else str(node["name"])
