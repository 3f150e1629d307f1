"""Two hundred persons of the sample vanish from everything that a data directory holds, and stay away."""

from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.erasure.book import read_book
from pipelines.folders import DataFolder
from tests.erasure.reading import hits, of_customers
from tests.erasure.shops import OWN, counted, shop_in, some_customers

pytestmark = pytest.mark.wide

PERSONS = 200


def erase(home: Path, identifiers: list[str], *options: str) -> str:
    command = ["erase", "--identifier", "-", "--data-dir", str(home), *options]
    result = CliRunner().invoke(app, command, input="\n".join(identifiers), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


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
    assert {table: after[table][0] for table in OWN} == {table: before[table][0] - before[table][1] for table in OWN}
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
