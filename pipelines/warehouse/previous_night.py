"""The customer file of the last published night of an earlier day, beside tonight's: one table of the build.

Finds it among the generations that publication keeps. What has changed since is dbt's to say.
"""

from datetime import date
from pathlib import Path

import duckdb

from pipelines.warehouse.build import connect
from pipelines.warehouse.publication import generation_files

SCHEMA = "previous"
ADDRESS = f"{SCHEMA}.customer_segments"
# which published table says what of a customer; whom it does not know is none there
TOLD_BY = {
    "value_tier": "customer_tiers",
    "vip_level": "customer_tiers",
    "activity": "customer_activity",
    "customer_class": "customer_activity",
    "lifecycle_stage": "customer_lifecycle",
    "rfm_group": "customer_rfm",
    "churn_band": "customer_churn",
    "suggested_action": "customer_churn",
}


def write_previous_segments(
    connection: duckdb.DuckDBPyConnection, published: Path, as_of: date, left_out: str = "false"
) -> date | None:
    """Make `previous.customer_segments` of the newest day before `as_of` that was published; returns that day.

    Nobody when there was none. What is in the table already stays when it is of a newer such day than any generation:
    a day that is run again and again pushes the one before it out. `left_out` is SQL over `customers`, that file's.
    """
    nights = [(day, file) for file in generation_files(published) if (day := _day_of(file)) and day < as_of]
    kept = _kept_day(connection)
    day, file = max(nights, default=(None, None))
    if kept and kept < as_of and (day is None or kept > day):
        return kept
    columns = ", ".join(f"{name} varchar" for name in TOLD_BY)
    connection.execute(f"create schema if not exists {SCHEMA}")
    connection.execute(f"create or replace table {ADDRESS} (customer_id varchar, as_of_date date, {columns})")
    if file:
        _copy(connection, file, left_out)
    return day


def _day_of(file: Path) -> date | None:
    """The business day of a published file; none when it cannot be read, which is no reason to stop a night."""
    try:
        with connect(file, read_only=True) as published:
            [(day,)] = published.execute("select as_of_date from ops.night").fetchall()
    except (duckdb.Error, ValueError):
        return None
    return day


def _kept_day(connection: duckdb.DuckDBPyConnection) -> date | None:
    """The day of the customers that the table holds; none when it is not there, or of another version."""
    try:
        [(day,)] = connection.execute(
            f"select max(as_of_date) from (select customer_id, as_of_date, {', '.join(TOLD_BY)} from {ADDRESS})"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    return day


def _copy(connection: duckdb.DuckDBPyConnection, file: Path, left_out: str) -> None:
    """A file of an earlier version may not know all columns: what it does not know is empty, and not compared."""
    path = str(file).replace("'", "''")
    connection.execute(f"attach '{path}' as earlier (read_only)")
    try:
        known = set(
            connection.execute(
                "select table_name, column_name from duckdb_columns()"
                " where database_name = 'earlier' and schema_name = 'marts'"
            ).fetchall()
        )
        told = {name: table for name, table in TOLD_BY.items() if (table, name) in known}
        values = ", ".join(
            f"coalesce(cast({told[name]}.{name} as varchar), 'none')" if name in told else "null" for name in TOLD_BY
        )
        joins = " ".join(
            f"left join earlier.marts.{table} as {table} on customers.customer_id = {table}.customer_id"
            for table in dict.fromkeys(told.values())
        )
        connection.execute(
            f"insert into {ADDRESS} select customers.customer_id, night.as_of_date, {values}"
            f" from earlier.marts.dim_customers as customers cross join earlier.ops.night as night {joins}"
            f" where not {left_out}"
        )
    finally:
        connection.execute("detach earlier")
