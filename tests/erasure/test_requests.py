"""What the feed erasure_requests asks for is done before the night builds, and who was erased does not come back."""

from pathlib import Path

import duckdb
import pytest

from tests.conftest import Run
from tests.erasure.reading import hits, of_customers
from tests.erasure.shops import shop_in, some_customers

pytestmark = pytest.mark.wide


def ask(run: Run, query: str) -> list[tuple]:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_landed_request_is_done_and_a_later_file_that_names_the_person_is_blocked(tmp_path: Path) -> None:
    home = tmp_path / "data"
    landing = home / "landing" / "sample"
    run = shop_in(home, 400)
    [chosen] = some_customers(home, 1)
    values = of_customers(home, [chosen])
    mail = min(values["email_normalized"])
    (landing / "erasure_requests.csv").write_text(
        f"request_id,requested_at,identifier\n1,2026-06-30 10:00:00,{mail}\n2,2026-06-30 11:00:00,nobody@example.com\n"
    )
    night = run.again()
    assert night.outcome.is_success, night.told()
    assert hits(home, set().union(*values.values())) == {}
    assert [note for note in night.outcome.notes if "sample:2" in note and "nobody" in note]
    assert not [note for note in night.outcome.notes if mail in note or "nobody@" in note]
    assert (landing / "erasure_requests.csv").read_text().count("\n") == 2
    found = ask(run, "select origin, outcome, count(distinct erasure_id) from ops.erasures group by all order by all")
    assert found == [("feed", "erased", 1), ("feed", "unknown", 1)]
    (landing / "customers-0002.csv").write_text(f"account_id,name,email\nX1,Back Again,{mail}\n")
    (landing / "orders-0002.csv").write_text(
        "order_id,account_id,ordered_at,status,total\nX11-who-comes-back,X1,2026-06-30 10:00:00,paid,10\n"
    )
    later = run.again()
    assert later.outcome.is_success, later.told()
    lost = ask(run, "select file_name, rows_erased from ops.ingested_files where file_name like '%-0002%' order by all")
    assert lost == [("customers-0002.csv", 1), ("orders-0002.csv", 1)]
    assert hits(home, [mail, "Back Again", "X11-who-comes-back"]) == {}
    assert ask(run, "select min(verified_at is not null) from ops.erasures where outcome = 'erased'") == [(True,)]
