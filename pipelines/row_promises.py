"""What the yml promises of the rows of a table that dbt has built, asked of each table in one statement.

dbt asks a query for each promise, which costs more than its answer: these are the same tests, known to dbt by the same
names. Which tables are asked, and what comes of it, is the caller's business.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipelines.dbt import manifest

# A function from a statement of SQL to its only row.
Ask = Callable[[str], tuple[Any, ...]]


@dataclass(frozen=True)
class Answer:
    """What came of one test: how many rows break it, or why it could not be asked."""

    test: dict[str, Any]
    failures: int | None
    message: str = ""

    @property
    def status(self) -> str:
        """As dbt says it."""
        if self.failures is None:
            return "error"
        if self.failures == 0:
            return "pass"
        return "warn" if self.test["config"]["severity"].upper() == "WARN" else "fail"


@cache
def row_tests() -> dict[str, list[dict[str, Any]]]:
    """The generic tests of each model, by the model's unique id."""
    found: dict[str, list[dict[str, Any]]] = {}
    for node in manifest()["nodes"].values():
        model = node.get("attached_node") or ""
        if node["resource_type"] == "test" and node.get("test_metadata") and model.startswith("model."):
            found.setdefault(model, []).append(node)
    return found


def ask_rows(ask: Ask, model: str, tests: Iterable[dict[str, Any]], goes_on: bool) -> list[Answer]:
    """What comes of these tests of a model, by its unique id.

    Of a kept table, on a night that goes on from the last, the rows that were worked out tonight are asked: the others
    were asked on their own night. When the statement fails, which no sound table makes it do, none could be asked.
    """
    asked = list(tests)
    if not asked:
        return []
    table = _Table.of(model, goes_on)
    try:
        counts = ask(_statement(table, asked))
    except Exception as problem:
        return [Answer(test, None, str(problem)) for test in asked]
    return [Answer(test, int(count)) for test, count in zip(asked, counts, strict=True)]


@dataclass(frozen=True)
class _Table:
    """A table, and what it is kept by where only its touched rows are asked: columns, and the table of changes."""

    address: str
    columns: str = ""
    changes: str = ""

    @classmethod
    def of(cls, model: str, goes_on: bool) -> "_Table":
        nodes = manifest()["nodes"] | manifest()["sources"]
        kept = nodes[model]["config"].get("meta", {}).get("kept") if goes_on else None
        if not kept:
            return cls(_address(nodes[model]))
        return cls(_address(nodes[model]), kept["columns"], _address(nodes[f"model.guanxi.{kept['changes']}"]))

    @property
    def touched(self) -> str:
        """SQL that is true of the rows that are asked."""
        return self.leads_to(self.columns) if self.changes else "true"

    def leads_to(self, columns: str) -> str:
        """SQL that is true where these columns of a table name a row that was worked out tonight."""
        return f"({columns}) in (select {self.columns} from {self.changes})"


def _statement(table: _Table, tests: list[dict[str, Any]]) -> str:
    conditions, queries = [], []
    for number, test in enumerate(tests):
        kind, arguments = test["test_metadata"]["name"], test["test_metadata"]["kwargs"]
        if test["config"]["where"] or test["config"]["limit"]:
            raise ValueError(f"{test['name']}: where and limit of a test are not asked here; make it a test of its own")
        if kind == "not_null":
            conditions.append(f"count(*) filter (where {arguments['column_name']} is null) as count_{number}")
        elif kind == "accepted_values":
            values = ", ".join(_literal(value) for value in arguments["values"])
            strange = f"{arguments['column_name']} not in ({values})"
            conditions.append(f"count(*) filter (where {strange}) as count_{number}")
        elif kind in ("unique", "unique_together"):
            columns = arguments.get("columns") or [arguments["column_name"]]
            queries.append(f"({_repeated(table, ', '.join(columns), kind == 'unique')}) as count_{number}")
        elif kind == "relationships":
            queries.append(f"({_leading_nowhere(table, test)}) as count_{number}")
        else:
            raise ValueError(f"{test['name']}: a test {kind} is not asked here; make it a test of dbt_project/tests")
    parts = [f"(select {', '.join(conditions)} from {table.address} where {table.touched}) as conditions"]
    parts = parts if conditions else []
    parts += [f"(select {query}) as query_{number}" for number, query in enumerate(queries)]
    counts = ", ".join(f"count_{number}" for number in range(len(tests)))
    return f"select {counts} from {' cross join '.join(parts)}"


def _repeated(table: _Table, columns: str, is_null_no_value: bool) -> str:
    """How many keys stand on several rows. The like of a touched one may stand anywhere in the table."""
    where = [f"{columns} is not null"] if is_null_no_value else []
    if table.changes:
        where.append(f"({columns}) in (select {columns} from {table.address} where {table.touched})")
    condition = f" where {' and '.join(where)}" if where else ""
    repeated = f"select {columns} from {table.address}{condition} group by {columns} having count(*) > 1"
    return f"select count(*) from ({repeated}) as repeated"


def _leading_nowhere(table: _Table, test: dict[str, Any]) -> str:
    """How many references name no row of the other table. What they lead to may be gone tonight."""
    column, field = test["column_name"], test["test_metadata"]["kwargs"]["field"]
    [other_model] = [name for name in test["depends_on"]["nodes"] if name != test["attached_node"]]
    other = _Table.of(other_model, bool(table.changes))
    touched = table.touched
    if table.changes:
        touched = f"({touched} or {other.leads_to(column)})" if other.columns == field else "true"
    references = f"select {column} as reference from {table.address} where {column} is not null and {touched}"
    rows = f"select {field} as reference from {other.address}"
    return (
        f"select count(*) from ({references}) as leads left join ({rows}) as found"
        " on leads.reference = found.reference where found.reference is null"
    )


def _address(node: dict[str, Any]) -> str:
    return f"{node['schema']}.{node['name']}"


def _literal(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
