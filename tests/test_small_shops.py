"""A shop with too little to learn from is published all the same, by rules that say that they are rules."""

from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from pipelines.folders import DataFolder
from pipelines.terminal.summary import show_summary
from tests.conftest import Run, run_night

ORDERS = "order_id,account_id,ordered_at,status,total\n"
CUSTOMERS = "account_id,registered_at,email\n"


SETTINGS = """\
tiers: # ours
  senior_from: 110.5
  vip_above: 240
"""


def night_of(tmp_path: Path, customers: int) -> Run:
    """A shop of so many customers with one order each, in the last hundred days, and with tier limits of its own."""
    files = tmp_path / "files"
    files.mkdir()
    people = [f"a{number},2026-01-01 10:00:00,a{number}@example.com" for number in range(customers)]
    orders = [
        f"o{number},a{number},2026-{3 + number % 3:02d}-{1 + number % 28:02d} 12:00:00,paid,{100 + number}.50"
        for number in range(customers)
    ]
    (files / "customers.csv").write_text(CUSTOMERS + "\n".join(people) + "\n")
    (files / "orders.csv").write_text(ORDERS + "\n".join(orders) + "\n")
    home = tmp_path / "data"
    home.mkdir()
    (home / "shop.yml").write_text(SETTINGS)
    return run_night(home, {"sources": {"sample": str(files)}, "as_of": "2026-06-01"})


@pytest.mark.parametrize("customers", [pytest.param(1, marks=pytest.mark.slow), 150])
def test_a_shop_where_nobody_has_bought_twice_is_published(tmp_path: Path, customers: int) -> None:
    run = night_of(tmp_path, customers)
    assert run.outcome.is_success, run.outcome
    with duckdb.connect(str(run.published), read_only=True) as connection:
        counts = connection.execute("""
            select
                (select count(*) from marts.customer_360),
                (select count(*) from marts.customer_value where method = 'plain_ratio'),
                (select count(*) from marts.customer_churn where method = 'recency_rule'),
                (select count(*) from ml.model_metrics),
                (select typeof(any_value(as_of_date)) from marts.customer_value)
        """).fetchall()
    assert counts == [(customers, customers, customers, 0, "DATE")]
    assert_tiers_are_the_shops_own(run)
    assert any("plain ratio" in note for note in run.outcome.notes)
    console = Console(file=StringIO(), width=120)
    show_summary(console, DataFolder(run.home), run.outcome, 1)
    assert "Lifetime value (plain_ratio)" in console.file.getvalue()
    assert str(run.published) in console.file.getvalue()


def assert_tiers_are_the_shops_own(run: Run) -> None:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        spent = connection.execute("select value_tier, net_sales_12m from marts.customer_tiers").fetchall()
    for tier, net_sales in spent:
        assert tier == ("vip" if net_sales > 240 else "senior" if float(net_sales) >= 110.5 else "regular")
    assert SETTINGS in (run.home / "shop.yml").read_text()
    assert "currency: CNY" in (run.home / "shop.yml").read_text()
