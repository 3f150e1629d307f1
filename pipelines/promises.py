"""What a gate asks of a table: what its declaration promises and the claims of its suite. When is not said here."""

from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from expectations.machinery.catalog import rules_of, suites
from expectations.machinery.rules import Rule
from expectations.machinery.structure import Structure, structural_rules
from expectations.machinery.validation import RAW_PLACE, Finding, validate
from pipelines.problems import without_values
from pipelines.tables import DeclaredTable, declared_tables
from pipelines.warehouse.duckdb_tables import DuckDBTables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

COLUMNS_ARE_DECLARED = "columns_and_types_are_those_declared"
GATED_SCHEMAS = ("raw", "features", "ml", "marts")  # besides these, a table with a suite
SAME_TYPES = {"STRING": "VARCHAR", "TEXT": "VARCHAR", "INTEGER": "INT"}


def gated_tables(*schemas: str) -> list[DeclaredTable]:
    """The tables of these schemas that have a gate: of the schema raw the feeds."""
    return [
        table
        for table in declared_tables().values()
        if table.schema in schemas
        and (table.address in suites() or table.schema in GATED_SCHEMAS)
        and (table.schema != "raw" or table.subject == "feeds")
    ]


def ask(build: duckdb.DuckDBPyConnection, table: DeclaredTable, session: "SparkSession | None" = None) -> list[Finding]:
    """What came of every rule of the table, that of its columns first; asked of a Spark session where one is given."""
    findings = validate(session or build, table.address, rules_for(table), place_of(table))
    return [_columns(build, table), *map(_without_values, findings)]


def _without_values(finding: Finding) -> Finding:
    """A rule that could not be computed says why in the engine's words."""
    return replace(finding, observed_value=without_values(finding.observed_value))


def place_of(table: DeclaredTable) -> tuple[str, ...]:
    """The columns that tell a person which row is meant: a landed row's place in its file, else the key."""
    return RAW_PLACE if table.schema == "raw" else table.key


def rules_for(table: DeclaredTable) -> list[Rule]:
    """The rules that are asked by query. What dbt builds, dbt has asked what the yml promises of single rows."""
    asked_here = () if table.is_built_by_dbt else table.columns
    structure = Structure(
        key=() if table.is_built_by_dbt else table.key,
        required=[column.name for column in asked_here if column.is_required],
        values={column.name: column.values for column in asked_here if column.values},
        is_landed=table.schema == "raw",
        is_of_the_night=table.schema in ("ml", "marts") and "as_of_date" in set(table.column_names) - set(table.key),
        place=table.key,
    )
    return [*structural_rules(structure), *rules_of(table.address)]


def promised_rules() -> dict[str, list[str]]:
    """The claims that every gated table has to be found to hold."""
    return {
        table.address: [COLUMNS_ARE_DECLARED, *(rule.claim for rule in rules_for(table))]
        for table in gated_tables(*GATED_SCHEMAS, "ops")
    }


def _columns(build: duckdb.DuckDBPyConnection, table: DeclaredTable) -> Finding:
    found = DuckDBTables(build).columns(table.address)
    declared = {column.name: plain_type(column.data_type) for column in table.columns}
    wrong = [
        f"{name} is {found.get(name, 'missing')}, declared {declared.get(name, 'nowhere')}"
        for name in [*declared, *(name for name in found if name not in declared)]
        if plain_type(found.get(name, "")) != declared.get(name)
    ]
    return Finding(COLUMNS_ARE_DECLARED, "error", bool(wrong), 0, f"{len(found)} columns", wrong[:5])


def plain_type(data_type: str) -> str:
    """A type's one name, as the engine says it, whatever it is called in a yml."""
    name = data_type.upper().replace(" ", "")
    return SAME_TYPES.get(name, name)
