"""The main job on real shops: the published sums equal an independent sum over the landed files."""

from collections.abc import Callable

import duckdb
import pytest

from tests.absent_feeds import assert_absent_feeds_leave_empty_tables
from tests.conftest import Run

SERVICE_AND_CAMPAIGNS = ("tickets", "feedback", "survey_preferences", "campaign_messages", "consents")


def published(run: Run) -> tuple:
    with duckdb.connect(str(run.published), read_only=True) as connection:
        return connection.execute("""
            select
                (select sum(net_amount) from marts.fct_orders),
                (select count(*) from marts.fct_orders where is_purchase),
                (select count(distinct customer_id) from marts.fct_orders where is_purchase),
                (select sum(net_sales) from marts.dim_customers)
        """).fetchall()[0]


@pytest.mark.wide
@pytest.mark.xdist_group("online_retail")  # one worker builds that night, once
def test_online_retail_is_published_with_the_sums_of_its_files(shared_data: Callable, online_retail_night: Run) -> None:
    folder, run = shared_data("online_retail"), online_retail_night
    net_sales, orders, customers, known_net_sales = duckdb.sql(f"""
        with files as (
            select * from '{folder}/lines_2009_2010.parquet' where invoice_date < '2010-12-01'
            union all
            select * from '{folder}/lines.parquet'
        ),
        sales as (
            select distinct * from files
            where unit_price > 0
                and upper(stock_code) not in ('AMAZONFEE', 'BANK CHARGES', 'CRUK', 'B', 'S', 'ADJUST', 'ADJUST2')
                and upper(stock_code) not like 'TEST%'
        ),
        money as (
            select *, round(cast(quantity as decimal(18, 2)) * cast(unit_price as decimal(18, 4)), 2) as amount
            from sales
        )
        select
            sum(amount),
            count(distinct invoice_no) filter (where invoice_no not like 'C%'),
            count(distinct customer_id) filter (where invoice_no not like 'C%'),
            sum(amount) filter (where customer_id is not null)
        from money
    """).fetchall()[0]
    assert published(run) == (net_sales, orders, customers, known_net_sales)
    assert_absent_feeds_leave_empty_tables(run, "events", *SERVICE_AND_CAMPAIGNS)


@pytest.mark.wide
@pytest.mark.xdist_group("thelook")  # one worker builds that night, once
def test_thelook_is_published_with_the_sums_of_its_files(shared_data: Callable, thelook_night: Run) -> None:
    folder, run = shared_data("thelook"), thelook_night
    net_sales, orders, customers = duckdb.sql(f"""
        with users as (
            -- an address that more than five accounts share (two do) is nobody's: its accounts stay apart
            select
                id,
                case
                    when count(*) over (partition by lower(trim(email))) <= 5 then email
                    else cast(id as varchar)
                end as person
            from '{folder}/users.parquet'
        ),
        orders as (
            select order_id, person, orders.status
            from '{folder}/orders.parquet' as orders
            inner join users on users.id = orders.user_id
            where orders.created_at < '2024-01-17' and orders.status <> 'Cancelled'
        )
        select
            (select sum(cast(sale_price as decimal(18, 2))) from '{folder}/order_items.parquet' as items
             inner join orders using (order_id) where items.status <> 'Returned' and orders.status <> 'Returned'),
            count(*),
            count(distinct lower(trim(person)))
        from orders
    """).fetchall()[0]
    assert published(run)[:3] == (net_sales, orders, customers)
    assert published(run)[3] == net_sales
    assert_absent_feeds_leave_empty_tables(run, *SERVICE_AND_CAMPAIGNS)
