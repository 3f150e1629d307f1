"""Real shops in the lake, counted against independent SQL over their files."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import IngestedFile, ingest_feed
from pipelines.landing.lake import create_ops_tables, create_raw_view
from pipelines.landing.sources import load_source

SALES = """
    select distinct * from lines
    where unit_price > 0
        and not regexp_matches(upper(stock_code), '^(AMAZONFEE|BANK CHARGES|CRUK|B|S|ADJUST.*|TEST.*)$')
"""


class RealShop:
    """One source taken into a lake of its own, and a connection that sees its raw and ops views."""

    def __init__(self, name: str, data: Path, lake: Path) -> None:
        source = load_source(name)
        self.parts: dict[str, list[IngestedFile]] = {
            feed: ingest_feed(source, data, feed, lake) for feed in load_contracts()
        }
        self.connection = duckdb.connect()
        for contract in load_contracts().values():
            create_raw_view(self.connection, lake, contract, [name])
        create_ops_tables(self.connection, lake, [name])

    def ask(self, sql: str) -> tuple:
        return self.connection.execute(sql).fetchall()[0]


@pytest.fixture(scope="module")
def retail_files(shared_data: Callable[[str], Path]) -> Path:
    return shared_data("online_retail")


@pytest.fixture(scope="module")
def retail(retail_files: Path, tmp_path_factory: pytest.TempPathFactory) -> RealShop:
    shop = RealShop("online_retail", retail_files, tmp_path_factory.mktemp("retail"))
    shop.connection.execute(f"""
        create view lines as
        select * from '{retail_files}/lines.parquet'
        union all by name
        select * from '{retail_files}/lines_2009_2010.parquet' where invoice_date < '2010-12-01'
    """)
    return shop


@pytest.fixture(scope="module")
def thelook(shared_data: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> RealShop:
    shop = RealShop("thelook", shared_data("thelook"), tmp_path_factory.mktemp("thelook"))
    shop.connection.execute("create schema files")
    for table in ("users", "orders", "order_items", "products", "events"):
        shop.connection.execute(f"create view files.{table} as from '{shared_data('thelook')}/{table}.parquet'")
    return shop


def test_the_sales_of_online_retail_are_those_of_its_distinct_kept_lines(retail: RealShop) -> None:
    amount = "sum(round(quantity * cast(unit_price as decimal(18, 4)), 2))"
    lake = retail.ask(f"select count(*), count(distinct order_id), {amount} from raw.order_items")
    files = retail.ask(f"select count(*), count(distinct invoice_no), {amount} from ({SALES})")
    assert lake == files == (1_026_678, 48_102, Decimal("19266287.26"))


def test_the_orders_of_online_retail_are_its_invoices(retail: RealShop) -> None:
    lake = retail.ask("""
        select count(*), count(distinct account_id), count(*) filter (where status = 'credit_note'), min(ordered_at)
        from raw.orders
    """)
    files = retail.ask(f"""
        select
            count(distinct invoice_no), count(distinct customer_id),
            count(distinct invoice_no) filter (where invoice_no like 'C%'), min(invoice_date)
        from ({SALES})
    """)
    assert lake == files
    assert retail.ask("select count(*) from raw.orders anti join raw.order_items using (order_id)") == (0,)
    assert retail.ask("select count(*) from raw.order_items anti join raw.orders using (order_id)") == (0,)


def test_an_invoice_with_two_times_has_the_earlier_one_in_utc(retail: RealShop) -> None:
    assert retail.ask("select count(*) from raw.orders where order_id not like 'C%' and ordered_at is null") == (0,)
    wrong = retail.ask(f"""
        with invoices as (select invoice_no, min(invoice_date) as first from ({SALES}) group by all)
        select count(*) from invoices inner join raw.orders on order_id = invoice_no
        where timezone('UTC', timezone('Europe/London', first)) <> ordered_at
    """)
    assert wrong == (0,)
    two_times = retail.ask(
        "select count(*) from (select 1 from lines group by invoice_no having count(distinct invoice_date) > 1)"
    )
    assert two_times[0] > 50


def test_the_customers_of_online_retail_are_its_accounts_from_their_first_invoice(
    retail: RealShop, retail_files: Path
) -> None:
    everything = f"read_parquet('{retail_files}/lines*.parquet', union_by_name = true)"
    wrong = retail.ask(f"""
        with accounts as (
            select cast(customer_id as varchar) as account_id, min(invoice_date) as first from {everything}
            where customer_id is not null group by all
        )
        select count(*) filter (
            where raw.customers.account_id is null or accounts.account_id is null
                or registered_at <> timezone('UTC', timezone('Europe/London', first))
        ), count(*)
        from raw.customers full join accounts using (account_id)
    """)
    assert wrong == (0, 5_942)


def test_every_product_that_online_retail_sold_has_a_name(retail: RealShop) -> None:
    assert retail.ask("select count(*), count(name) from raw.products") == (4_751, 4_751)
    assert retail.ask("select count(*) from raw.order_items anti join raw.products using (product_id)") == (0,)
    assert retail.ask("select name from raw.products where product_id = 'POST'") == ("POSTAGE",)


def test_the_lines_that_are_no_sales_are_set_aside_with_their_reason(retail: RealShop) -> None:
    reasons = retail.connection.execute("""
        select regexp_replace(detail, 'code .* books', 'code books'), count(*)
        from ops.quarantined_rows where reason = 'set_aside' group by all order by 2 desc
    """).fetchall()
    assert [count for _, count in reasons] == [22_523, 6_029, 339]
    assert [part.duplicates_dropped for part in retail.parts["order_items"]] == [5_262, 6_539]
    assert retail.ask("select count(*) from ops.quarantined_rows where feed <> 'order_items'") == (0,)


@pytest.fixture
def fortnight(retail_files: Path, tmp_path: Path) -> Path:
    """The two weeks around the days that stand in both tables, each table under the other's name."""
    (tmp_path / "files").mkdir()
    swapped = {"lines": "lines_2009_2010", "lines_2009_2010": "lines"}
    for name, other in swapped.items():
        rows = duckdb.sql(
            f"from '{retail_files}/{name}.parquet' where invoice_date between '2010-11-25' and '2010-12-12'"
        )
        rows.write_parquet(str(tmp_path / "files" / f"{other}.parquet"))
    return tmp_path / "files"


def test_the_days_in_both_tables_are_taken_once_whatever_the_files_are_called(fortnight: Path, tmp_path: Path) -> None:
    parts = ingest_feed(load_source("online_retail"), fortnight, "order_items", tmp_path / "lake")
    once = f"""(
        from '{fortnight}/lines_2009_2010.parquet'
        union all by name from '{fortnight}/lines.parquet' where invoice_date < '2010-12-01'
    )"""  # by a union of both tables whole, lines would count twice whose descriptions differ by a blank at the end
    assert sum(part.rows_loaded for part in parts) == duckdb.sql(SALES.replace("lines", once)).shape[0]
    assert sum(part.rows_read for part in parts) == duckdb.sql(f"from '{fortnight}/*.parquet'").shape[0]


@pytest.mark.parametrize("landed", ["lines", "lines_2009_2010"])
def test_one_table_of_online_retail_alone_is_enough(fortnight: Path, tmp_path: Path, landed: str) -> None:
    [other] = [file for file in fortnight.iterdir() if file.stem != landed]
    other.unlink()
    for feed in ("customers", "orders", "order_items", "products"):
        [part] = ingest_feed(load_source("online_retail"), fortnight, feed, tmp_path / "lake")
        assert part.rows_loaded > 500


@pytest.mark.parametrize(
    ("feed", "table"),
    [
        ("customers", "users"),
        ("orders", "orders"),
        ("order_items", "order_items"),
        ("products", "products"),
        ("events", "events"),
    ],
)
def test_every_row_of_thelook_arrives(thelook: RealShop, feed: str, table: str) -> None:
    rows = thelook.ask(f"select count(*) from files.{table}")
    assert thelook.ask(f"select count(*) from raw.{feed}") == rows
    assert [(part.rows_read, part.rows_loaded) for part in thelook.parts[feed]] == [rows * 2]


def test_the_states_of_thelook_orders_are_translated(thelook: RealShop) -> None:
    lake = thelook.connection.execute("select status, count(*) from raw.orders group by all").fetchall()
    files = thelook.connection.execute("select status, count(*) from files.orders group by all").fetchall()
    words = {
        "Complete": "delivered",
        "Shipped": "shipped",
        "Processing": "paid",
        "Cancelled": "cancelled",
        "Returned": "returned",
    }
    assert dict(lake) == {words[status]: count for status, count in files}


def test_the_money_of_thelook_is_the_money_of_its_files(thelook: RealShop) -> None:
    lake = thelook.ask("select sum(unit_price), sum(unit_price * refunded_quantity) from raw.order_items")
    price = "cast(sale_price as decimal(18, 4))"
    files = thelook.ask(f"select sum({price}), sum({price}) filter (where status = 'Returned') from files.order_items")
    assert lake == files


def test_the_events_of_thelook_name_the_product_that_was_viewed(thelook: RealShop) -> None:
    lake = thelook.connection.execute(
        "select type, count(*), count(product_id), count(account_id) from raw.events group by all order by all"
    ).fetchall()
    assert lake == [
        ("add_to_cart", 119_427, 0, 69_220),
        ("cancel", 25_005, 0, 0),
        ("other", 137_035, 0, 86_829),
        ("purchase", 36_424, 0, 36_424),
        ("view", 169_220, 169_220, 69_220),
    ]
    assert thelook.ask(
        "select count(*) from raw.events anti join raw.products using (product_id) where product_id is not null"
    ) == (0,)


def test_the_addresses_of_thelook_stay_shared_as_they_are(thelook: RealShop) -> None:
    distinct = thelook.ask("select count(distinct lower(trim(email))) from files.users")
    assert thelook.ask("select count(distinct email_normalized) from raw.customers") == distinct
