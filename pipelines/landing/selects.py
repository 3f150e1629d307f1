"""Runs a source's select over its inputs and says plainly why it cannot. Its records are refined elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.landing.contracts import Contract
from pipelines.landing.sources import Source
from pipelines.landing.sql import identifier
from pipelines.problems import BadInput

if TYPE_CHECKING:
    import duckdb

SELECTED = "landing_work.selected"
HELPERS = ("row_number", "set_aside_reason")


def bind_input(connection: "duckdb.DuckDBPyConnection", name: str, relations: list[str]) -> None:
    """A view of one input over the relations of its files."""
    connection.execute(f"create or replace view main.{identifier(name)} as {' union all by name '.join(relations)}")


def bind_select(
    connection: "duckdb.DuckDBPyConnection", source: Source, contract: Contract, file_name: str
) -> dict[str, str]:
    """Makes the view SELECTED of what the feed's select delivers from the bound inputs; its columns with their types.

    BadInput when the select does not fit the file or delivers other columns than the contract asks for.
    """
    reads = source.feeds[contract.feed]
    for view in reads.uses:
        with explained(connection, source, view, file_name, reads.reads):
            connection.execute(f"create or replace view main.{identifier(view)} as {_statement(source, view)}")
    with explained(connection, source, contract.feed, file_name, reads.reads):
        connection.execute("create schema if not exists landing_work")
        connection.execute(f"create or replace view {SELECTED} as {_statement(source, contract.feed)}")
        described = connection.execute(f"describe {SELECTED}").fetchall()
    types = {name: duckdb_type for name, duckdb_type, *_ in described}
    _check_columns(types, source, contract, file_name)
    return types


@contextmanager
def explained(
    connection: "duckdb.DuckDBPyConnection", source: Source, select: str, file_name: str, inputs: tuple[str, ...]
) -> Iterator[None]:
    """Turns what DuckDB says of the user's select or data into one line that names file, column and mend."""
    import duckdb

    try:
        yield
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        where = f"{file_name}: sources/{source.name}/{select}.sql"
        message = str(error)
        missing = re.search(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"', message)
        if missing:
            has = ", ".join(_columns(connection, inputs[0]))
            mend = "export that column, or edit the select"
            column = missing[1] or missing[2]
            raise BadInput(f"{where} needs column '{column}', but the file has {has}: {mend}") from error
        raise BadInput(f"{where} cannot be run: {message.splitlines()[0]}: mend the select or the file") from error


def _columns(connection: "duckdb.DuckDBPyConnection", view: str) -> list[str]:
    described = connection.execute(f"describe main.{identifier(view)}").fetchall()
    return [name for name, *_ in described if name != "row_number"]


def _statement(source: Source, name: str) -> str:
    """The text of one select without its closing semicolon; anything but one select is refused."""
    import duckdb

    statements = duckdb.extract_statements(source.select_text(name))
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BadInput(f"sources/{source.name}/{name}.sql must hold exactly one select")
    return statements[0].query.rstrip().rstrip(";")


def _check_columns(types: dict[str, str], source: Source, contract: Contract, file_name: str) -> None:
    where = f"{file_name}: sources/{source.name}/{contract.feed}.sql"
    if "row_number" not in types:
        raise BadInput(f"{where} does not deliver row_number: select it (min(row_number) where rows are grouped)")
    required = [column.name for column in contract.columns if column.is_required]
    if missing := [name for name in required if name not in types]:
        raise BadInput(f"{where} does not deliver the required column '{missing[0]}': the file or the select lacks it")
    if unknown := [name for name in types if name not in contract.column_names and name not in HELPERS]:
        known = ", ".join(contract.column_names)
        raise BadInput(f"{where} delivers '{unknown[0]}', but feed {contract.feed} knows only {known}: leave it out")
