"""What a yml or a contract promises of single rows is asked, and each promise can be broken."""

import duckdb
import pytest

from expectations.machinery.validation import validate
from pipelines.promises import COLUMNS_ARE_DECLARED, GATED_SCHEMAS, ask, gated_tables, place_of, rules_for
from pipelines.tables import DeclaredTable, declared_tables

ASKED_HERE = [table for table in gated_tables("raw", "ml", "ops") if not table.is_built_by_dbt]
REQUIRED = [(table.address, column.name) for table in ASKED_HERE for column in table.columns if column.is_required]
CLOSED = [(table.address, column.name) for table in ASKED_HERE for column in table.columns if column.values]
KEYED = [table.address for table in ASKED_HERE if table.key]
DATED = [table.address for table in gated_tables("ml", "marts") if "as_of_date" in table.column_names]


def broken_after(warehouse, table: DeclaredTable, sabotage: str) -> list[str]:
    """The rules of the table that a planted fault breaks; those of its suite too."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(sabotage)
        findings = validate(connection, table.address, rules_for(table), place_of(table))
    return [finding.rule for finding in findings if finding.is_broken]


def any_row(address: str) -> str:
    return f"rowid = (select min(rowid) from {address})"


@pytest.mark.parametrize(("address", "column"), REQUIRED)
def test_a_required_column_has_no_null(warehouse, address, column):
    sabotage = f"update {address} set {column} = null where {any_row(address)}"
    assert f"every_row_has_{column}" in broken_after(warehouse, declared_tables()[address], sabotage)


@pytest.mark.parametrize(("address", "column"), CLOSED)
def test_a_closed_set_admits_no_other_value(warehouse, address, column):
    sabotage = f"update {address} set {column} = 'no such value' where {any_row(address)}"
    assert f"{column}_is_a_known_value" in broken_after(warehouse, declared_tables()[address], sabotage)


@pytest.mark.parametrize("address", KEYED)
def test_no_two_rows_share_a_key(warehouse, address):
    sabotage = f"insert into {address} select * from {address} where {any_row(address)}"
    assert "every_row_has_a_key_of_its_own" in broken_after(warehouse, declared_tables()[address], sabotage)


@pytest.mark.parametrize("address", DATED)
def test_a_row_of_another_night_is_found(warehouse, address):
    sabotage = f"update {address} set as_of_date = date '2024-06-29' where {any_row(address)}"
    assert "every_row_is_of_the_night" in broken_after(warehouse, declared_tables()[address], sabotage)


def test_a_column_that_is_missing_added_or_of_another_type_is_named(warehouse):
    night = declared_tables()["ops.night"]
    with duckdb.connect(str(warehouse)) as connection:
        assert ask(connection, night)[0].is_broken is False
        connection.execute("alter table ops.night drop column currency")
        connection.execute("alter table ops.night add column phone varchar")
        connection.execute("alter table ops.night alter as_of_date type timestamp")
        finding = ask(connection, night)[0]
    assert (finding.rule, finding.is_broken) == (COLUMNS_ARE_DECLARED, True)
    assert finding.where == [
        "as_of_date is TIMESTAMP, declared DATE",
        "currency is missing, declared VARCHAR",
        "phone is VARCHAR, declared nowhere",
    ]


def test_every_table_that_readers_or_models_rely_on_has_a_gate_of_its_own():
    gated = {table.address for table in gated_tables(*GATED_SCHEMAS, "ops")}
    relied_on = {
        table.address
        for table in declared_tables().values()
        if table.schema in ("features", "ml", "marts") or (table.subject == "feeds" and table.schema == "raw")
    }
    assert relied_on <= gated
    assert {"ops.ingested_files", "ops.unread_inputs"} <= gated
