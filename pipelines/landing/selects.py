"""Runs a source's select over its inputs and says plainly why it cannot. Its records are refined elsewhere."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.landing.contracts import Contract
from pipelines.landing.failures import place_of_failure
from pipelines.landing.sources import Source
from pipelines.landing.sql import identifier
from pipelines.landing.unread.likeness import likely
from pipelines.problems import BadInput

if TYPE_CHECKING:
    import duckdb

SELECTED = "landing_work.selected"
LOOKS_LIKE_A_VALUE = re.compile(r"@|\d{4}[-/]\d\d?[-/]\d|\d{7}")
HELPERS = ("row_number", "set_aside_reason")
MOST_NAMES = 100  # in one message


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
        with explained(connection, source, view, file_name, reads.reads, reads_rows=False):
            connection.execute(f"create or replace view main.{identifier(view)} as {_statement(source, view)}")
    with explained(connection, source, contract.feed, file_name, reads.reads, reads_rows=False):
        connection.execute("create schema if not exists landing_work")
        connection.execute(f"create or replace view {SELECTED} as {_statement(source, contract.feed)}")
        described = connection.execute(f"describe {SELECTED}").fetchall()
    ours = {name.casefold(): name for name in (*contract.column_names, *HELPERS)}
    types = {ours.get(name.casefold(), name): duckdb_type for name, duckdb_type, *_ in described}
    _check_columns(types, source, contract, file_name, _columns(connection, reads.reads[0]))
    return types


@contextmanager
def explained(
    connection: "duckdb.DuckDBPyConnection",
    source: Source,
    select: str,
    file_name: str,
    inputs: tuple[str, ...],
    reads_rows: bool = True,
) -> Iterator[None]:
    """Turns what DuckDB says of the user's select or data into one line that names file, column and mend.

    What it says once rows are read holds values, perhaps personal ones: that is neither told nor chained.
    """
    import duckdb

    said, is_of_data = "", False
    try:
        yield
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        is_of_data = reads_rows and isinstance(error, (duckdb.DataError, duckdb.InvalidInputException))
        said = str(error).splitlines()[0] if not is_of_data else type(error).__name__.removesuffix("Exception")
    if is_of_data:
        raise BadInput(_fault_of_data(connection, source, select, file_name, inputs[0], said)) from None
    if said:
        raise BadInput(_fault_of_select(connection, source, select, file_name, inputs[0], said)) from None


def _fault_of_data(
    connection: "duckdb.DuckDBPyConnection", source: Source, select: str, file_name: str, first: str, kind: str
) -> str:
    import duckdb

    try:
        place = place_of_failure(connection, SELECTED, first)
    except duckdb.Error:  # the select failed before it was a view
        place = ""
    words = {"Conversion": "a value is not what the select casts it to", "OutOfRange": "a number is out of range"}
    mend = "mend the value" if source.is_ours else "mend the value, or use try_cast in the select"
    fault = words.get(kind, "a value cannot be worked with")
    return f"{file_name}{place}: {fault} ({source.select_name(select)}): {mend}"


def _fault_of_select(
    connection: "duckdb.DuckDBPyConnection", source: Source, select: str, file_name: str, first: str, said: str
) -> str:
    where = source.select_name(select)
    missing = re.search(r'Referenced column "(.+?)" not found|does not have a column named "(.+?)"', said)
    if not missing:
        return f"{file_name}: {where} cannot be run: {said}: mend the select or the file"
    mend = "export that column" if source.is_ours else "export that column, or edit the select"
    has = _listed(_columns(connection, first))
    return f"{file_name} lacks column '{missing[1] or missing[2]}', which {where} needs; it has {has}: {mend}"


def _listed(names: list[str]) -> str:
    """The columns, unless the first line of the file was a record: its values, perhaps personal, are told to nobody."""
    if any(LOOKS_LIKE_A_VALUE.search(name) for name in names):
        return "a first line that looks like values and not like names (declare `header` in source.yml if it has none)"
    return ", ".join(names[:MOST_NAMES]) + (f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else "")


def _columns(connection: "duckdb.DuckDBPyConnection", view: str) -> list[str]:
    described = connection.execute(f"describe main.{identifier(view)}").fetchall()
    return [name for name, *_ in described if name != "row_number"]


def _statement(source: Source, name: str) -> str:
    """The text of one select without its closing semicolon; anything but one select is refused."""
    import duckdb

    statements = duckdb.extract_statements(source.select_text(name))
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BadInput(f"{source.select_name(name)} must hold exactly one select")
    return statements[0].query.rstrip().rstrip(";")


def _check_columns(types: dict[str, str], source: Source, contract: Contract, file_name: str, held: list[str]) -> None:
    where = source.select_name(contract.feed)
    if "row_number" not in types:
        raise BadInput(
            f"{file_name}: {where} does not deliver row_number: select it (min(row_number) where rows are grouped)"
        )
    required = [column.name for column in contract.columns if column.is_required]
    if missing := [name for name in required if name not in types]:
        match = likely(missing[0], [name for name in held if name not in types])
        looks = f", of which '{match}' looks like it" if match else ""
        mend = "export that column" if source.is_ours else "export that column, or let the select deliver it"
        raise BadInput(
            f"{file_name}: the required column '{missing[0]}' of feed {contract.feed} is not delivered by {where}; "
            f"the file has {_listed(held)}{looks}: {mend}"
        )
    if unknown := [name for name in types if name not in contract.column_names and name not in HELPERS]:
        known = ", ".join(contract.column_names)
        raise BadInput(
            f"{file_name}: {where} delivers '{unknown[0]}', but feed {contract.feed} knows only {known}: leave it out"
        )
