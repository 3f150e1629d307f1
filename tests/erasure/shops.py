"""A small invented shop with its files in the data directory itself, and whom to erase of it."""

import random
from pathlib import Path

import duckdb

from pipelines.folders import DataFolder
from tests.conftest import Run, run_night

AS_OF = "2026-06-30"


def shop_in(home: Path, customers: int) -> Run:
    """A published night."""
    from pipelines.sample.generator import generate

    generate(home / "landing" / "sample", customers=customers, days=760, seed=7)
    run = run_night(home, {"as_of": AS_OF})
    assert run.outcome.is_success, run.told()
    return run


def some_customers(home: Path, count: int) -> list[str]:
    """Customer ids, always the same of the same shop."""
    with duckdb.connect(str(DataFolder(home).warehouse), read_only=True) as connection:
        every = connection.execute(
            "select customer_id from intermediate.int_customer_accounts inner join raw.customers"
            " on account_key = customers.source_name || ':' || account_id where email_normalized is not null"
            " group by customer_id order by min(account_key)"
        )
        return random.Random(11).sample([one for (one,) in every.fetchall()], count)


def counted(file: Path, customers: list[str]) -> dict[str, tuple[int, int]]:
    """Rows of the tables that name customers, and how many of them are these customers'."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_columns() where column_name = 'customer_id'"
        ).fetchall()
        return {
            table: connection.execute(
                f"select count(*), count(*) filter (list_contains(?, customer_id)) from {table}", [customers]
            ).fetchall()[0]
            for (table,) in tables
        }


# Of these a row is told by the customer alone; others tell how customers compare, or of orders without one.
OWN = [
    f"marts.{name}"
    for name in (
        "dim_customers",
        "customer_360",
        "customer_tiers",
        "customer_rfm",
        "customer_preferences",
        "customer_value",
        "fct_orders",
        "fct_order_items",
        "fct_sessions",
        "fct_carts",
        "fct_campaign_messages",
        "fct_customer_days",
    )
]
