"""A good little warehouse, and what the rules say of it. Which rules there are stands in the suites, not here."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

Judge = Callable[[str, str], list]
Sabotages = list[tuple[str, str, str]]


@pytest.fixture(scope="session")
def good_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A DuckDB file on which every rule of every suite holds; not to be changed."""
    file = tmp_path_factory.mktemp("warehouse") / "good.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute((Path(__file__).parent / "world.sql").read_text())
        _add_other_tables(connection)
    return file


def _add_other_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every other table that has to be of the night, with one row that says nothing else."""
    from pipelines.promises import gated_tables
    from pipelines.warehouse.duckdb_tables import DuckDBTables

    for table in gated_tables("marts"):
        if "as_of_date" in table.column_names and not DuckDBTables(connection).exists(table.address):
            columns = ", ".join(f'"{column.name}" {column.data_type}' for column in table.columns)
            connection.execute(f"create table {table.address} ({columns})")
            connection.execute(f"insert into {table.address} (as_of_date) select as_of_date from ops.night")


@pytest.fixture
def warehouse(good_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the good warehouse that a test may spoil."""
    return Path(shutil.copy(good_warehouse, tmp_path / "shop.duckdb"))


@pytest.fixture
def broken_after(warehouse: Path) -> Judge:
    """A function from a sabotage (SQL) and a table to the broken findings of its suite."""
    from expectations.machinery.catalog import rules_of
    from expectations.machinery.validation import validate
    from pipelines.promises import place_of
    from pipelines.tables import declared_tables

    def judge(sabotage: str, table: str) -> list:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(sabotage)
            findings = validate(connection, table, rules_of(table), place_of(declared_tables()[table]))
        return [finding for finding in findings if finding.is_broken]

    return judge


@pytest.fixture
def claims_never_put_to_the_test() -> Callable[[str, Sabotages], set]:
    """A function from a schema and its sabotages (table, claim, SQL) to the claims that none of them breaks."""
    from expectations.machinery.catalog import rules_of, suites

    def missing(schema: str, sabotages: Sabotages) -> set:
        tables = [table for table in sorted(suites()) if table.startswith(f"{schema}.")]
        claims = {(table, rule.claim) for table in tables for rule in rules_of(table)}
        return claims - {(table, claim) for table, claim, _ in sabotages}

    return missing
