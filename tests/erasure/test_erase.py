"""Two hundred persons of the sample vanish from everything that a data directory holds, and stay away."""

import random
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.erasure.book import read_book
from pipelines.folders import DataFolder
from tests.conftest import Run, run_night
from tests.erasure.reading import hits, of_customers

pytestmark = pytest.mark.wide

PERSONS = 200
AS_OF = "2026-06-30"


def shop_in(home: Path, customers: int) -> Run:
    """A published night of an invented shop whose files lie in the data directory itself."""
    from pipelines.sample.generator import generate

    generate(home / "landing" / "sample", customers=customers, days=760, seed=7)
    run = run_night(home, {"as_of": AS_OF})
    assert run.outcome.is_success, run.told()
    return run


def erase(home: Path, identifiers: list[str], *options: str) -> str:
    command = ["erase", "--identifier", "-", "--data-dir", str(home), *options]
    result = CliRunner().invoke(app, command, input="\n".join(identifiers), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def some_customers(home: Path, count: int) -> list[str]:
    with duckdb.connect(str(DataFolder(home).warehouse), read_only=True) as connection:
        every = connection.execute("select distinct customer_id from intermediate.int_customer_accounts order by 1")
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
OWN = ["dim_customers", "customer_360", "customer_tiers", "customer_rfm", "customer_preferences", "customer_value"]
OWN += ["fct_orders", "fct_order_items", "fct_sessions", "fct_carts", "fct_campaign_messages", "fct_customer_days"]


def test_two_hundred_persons_vanish_and_nothing_else_does(tmp_path: Path) -> None:
    home = tmp_path / "data"
    run = shop_in(home, 1_500)
    chosen = some_customers(home, PERSONS)
    values = of_customers(home, chosen)
    before = counted(run.published, chosen)
    bytes_before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    planned = erase(home, chosen, "--dry-run")
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()} == bytes_before
    erased = erase(home, chosen, "--yes")
    assert erased.startswith(planned.rstrip())
    assert "nothing is left" in erased
    assert hits(home, set().union(*values.values())) == {}
    after = counted(run.published, chosen)
    assert {table: own for table, (_, own) in after.items() if own} == {}
    told = {f"marts.{name}" for name in OWN}
    assert {table: after[table][0] for table in told} == {t: before[t][0] - before[t][1] for t in told}
    assert all(erasure.verified_at for erasure in read_book(DataFolder(home)).erasures)
    again = erase(home, chosen, "--yes")
    assert "Already erased" in again
    lines_of_the_proof(run.published)


def lines_of_the_proof(published: Path) -> None:
    with duckdb.connect(str(published), read_only=True) as connection:
        persons, orders = connection.execute(
            "select count(distinct erasure_id), sum(row_count) filter (table_name = 'lake.orders') from ops.erasures"
        ).fetchall()[0]
        lost = connection.execute("select rows_erased from ops.feed_totals where feed = 'orders'").fetchall()
    assert persons == PERSONS
    assert lost == [(orders,)]
