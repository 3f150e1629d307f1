"""Whether tonight's build may go on from the last one, and what has changed since. Which tables are kept, dbt says.

The schema `changed` holds, besides the changes, two tables of one row: what the last complete build was made from, and
what tonight's is. A build that stops half-way leaves the first as it is: the next one goes on from there once more.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.landing.changes import Knowledge, create_changed_table
from pipelines.landing.contracts import load_contracts
from pipelines.landing.nights import BusinessDay
from pipelines.warehouse.duckdb_tables import DuckDBTables
from pipelines.warehouse.trust import is_as_built

LAST, TONIGHT, ACCOUNTS = "changed.last_build", "changed.tonights_build", "changed.customer_accounts"


def note_changes(
    connection: duckdb.DuckDBPyConnection,
    lake: Path,
    source_names: list[str],
    as_of: BusinessDay,
    recipe: str,
    kept: Iterable[str],
) -> bool:
    """Fills the schema `changed` for tonight's build and returns whether it may go on from the last one.

    It may when the last was made by the same `recipe` (code, settings, engine), the tables that are `kept` are what it
    left, and all that had landed still counts as it did.
    """
    connection.execute("create schema if not exists changed")
    now, earlier = Knowledge.of(lake, source_names, as_of), _last(connection, recipe)
    if earlier and not (now.goes_on_from(earlier) and is_as_built(connection, kept)):
        earlier = None
    if earlier is None:
        forget_build(connection)
    for feed in load_contracts().values():
        if feed.is_told_by_changes:
            create_changed_table(connection, lake, feed, earlier, now)
    connection.execute(f"create or replace table {TONIGHT} (recipe varchar, knowledge varchar, goes_on boolean)")
    connection.execute(f"insert into {TONIGHT} values (?, ?, ?)", [recipe, now.to_json(), earlier is not None])
    return earlier is not None


def goes_on(
    connection: duckdb.DuckDBPyConnection, lake: Path, source_names: list[str], as_of: BusinessDay, recipe: str
) -> bool:
    """Whether `note_changes` found so of this very lake, day and recipe: tables may be built without asking it anew."""
    if not DuckDBTables(connection).exists(TONIGHT):
        return False
    found = connection.execute(f"select knowledge from {TONIGHT} where goes_on and recipe = ?", [recipe]).fetchall()
    return bool(found) and Knowledge.from_json(found[0][0]) == Knowledge.of(lake, source_names, as_of)


def remember_build(connection: duckdb.DuckDBPyConnection) -> None:
    """Tonight's build is complete: the next one may go on from it."""
    connection.execute("begin")
    connection.execute(f"create or replace table {LAST} as select recipe, knowledge from {TONIGHT}")
    connection.execute(
        f"create or replace table {ACCOUNTS} as select account_key, customer_id from intermediate.int_customer_accounts"
    )
    connection.execute("commit")


def forget_build(connection: duckdb.DuckDBPyConnection) -> None:
    """The next build starts from nothing."""
    connection.execute(f"create or replace table {LAST} (recipe varchar, knowledge varchar)")
    connection.execute(f"create or replace table {ACCOUNTS} (account_key varchar, customer_id varchar)")


def _last(connection: duckdb.DuckDBPyConnection, recipe: str) -> Knowledge | None:
    if not DuckDBTables(connection).exists(LAST):
        return None
    found = connection.execute(f"select knowledge from {LAST} where recipe = ?", [recipe]).fetchall()
    return Knowledge.from_json(found[0][0]) if found else None
