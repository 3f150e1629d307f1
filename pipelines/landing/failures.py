"""Finds the row and column at which a select fails on a file; a value is never told. Nothing is mended here."""

from typing import TYPE_CHECKING

from pipelines.landing.sql import identifier

if TYPE_CHECKING:
    import duckdb


def place_of_failure(connection: "duckdb.DuckDBPyConnection", selected: str, rows_of: str) -> str:
    """ ", row 7, column total": the first row of the view `rows_of` without which the view `selected` does not fail.

    Only the rows of the input are tried, so what fails on a look-up has a column and no row. Narrows the view of the
    input: nothing can be selected through it afterwards.
    """
    column = next((name for name in _columns(connection, selected) if _fails(connection, selected, name)), None)
    if column is None:
        return ""
    row = _first_failing_row(connection, selected, column, rows_of)
    return (f", row {row}" if row else "") + f", column {column}"


def _columns(connection: "duckdb.DuckDBPyConnection", view: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe {view}").fetchall()]


def _fails(connection: "duckdb.DuckDBPyConnection", selected: str, column: str) -> bool:
    import duckdb

    try:
        connection.execute(f"select max(hash({identifier(column)})) from {selected}").fetchall()
    except (duckdb.ProgrammingError, duckdb.DataError):
        return True
    return False


def _first_failing_row(connection: "duckdb.DuckDBPyConnection", selected: str, column: str, rows_of: str) -> int | None:
    whole = f"{rows_of} before it was narrowed"
    last = connection.execute(f"select max(row_number) from main.{identifier(rows_of)}").fetchall()[0][0] or 0
    connection.execute(f"alter view main.{identifier(rows_of)} rename to {identifier(whole)}")

    def fails_with(rows: int) -> bool:
        connection.execute(
            f"create or replace view main.{identifier(rows_of)} as "
            f"select * from main.{identifier(whole)} where row_number <= {rows}"
        )
        return _fails(connection, selected, column)

    if fails_with(0):
        return None
    sound, failing = 0, last
    while failing - sound > 1:
        middle = (sound + failing) // 2
        sound, failing = (sound, middle) if fails_with(middle) else (middle, failing)
    return failing
