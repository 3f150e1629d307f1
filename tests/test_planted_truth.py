"""What the sample shop knows of its people and carts, found again by the tables that were made of its files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.report_sample_optimum import optimum
from pipelines.sample.catalogue import CATEGORIES, draw_catalogue
from pipelines.sample.streams import opening_stream
from pipelines.sample.tastes import chances, likely_favourites
from pipelines.sample.truth import SampleTruth
from tests.conftest import Run

ORDERS_FOR_A_FAVOURITE = 5


@pytest.fixture(scope="module")
def known(first_night: Run, sample_files: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The night's tables, and beside them `people`: what is true of each customer."""
    truth = sample_files / "truth"
    with duckdb.connect() as connection:
        warehouse = first_night.home / "warehouse" / "guanxi.duckdb"
        connection.execute(f"attach '{warehouse}' as night (read_only)")
        connection.execute("use night")
        connection.execute(f"create view memory.main.true_carts as from '{truth / 'carts.parquet'}'")
        connection.execute(f"create view memory.main.true_orders as from '{truth / 'orders.parquet'}'")
        connection.execute(
            f"""
            create table memory.main.people as
            select distinct accounts.customer_id, persons.*
            from '{truth / "customers.parquet"}' as identities
            inner join intermediate.int_customer_accounts as accounts
                on accounts.account_key = 'sample:' || identities.identity
            inner join '{truth / "persons.parquet"}' as persons on identities.person_id = persons.person_id
            where identities.identity_kind = 'account'
            """
        )
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, statement: str) -> list[Any]:
    return connection.execute(statement).fetchall()


def test_four_of_five_frequent_buyers_have_their_favourite_category(known: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        known,
        f"""
        select preferences.value = people.favourite_category
        from memory.main.people as people
        inner join marts.customer_360 as customers on people.customer_id = customers.customer_id
        inner join marts.customer_preferences as preferences on people.customer_id = preferences.customer_id
        where preferences.attribute = 'category' and customers.order_count >= {ORDERS_FOR_A_FAVOURITE}
        """,
    )
    right = [is_found for (is_found,) in found]
    assert len(right) > 100
    assert sum(right) / len(right) >= 0.8


def test_three_of_four_frequent_buyers_are_foretold_their_favourite_category(known: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        known,
        f"""
        select customers.next_category = people.favourite_category
        from memory.main.people as people
        inner join marts.customer_360 as customers on people.customer_id = customers.customer_id
        where customers.order_count >= {ORDERS_FOR_A_FAVOURITE}
        """,
    )
    right = [is_found for (is_found,) in found]
    assert len(right) > 100
    assert sum(right) / len(right) >= 0.75


@pytest.fixture(scope="module")
def next_orders(known: duckdb.DuckDBPyConnection, sample_files: Path) -> pd.DataFrame:
    """A row for each line that the customers of the next categories' test had bought by then or bought next."""
    return known.execute(
        f"""
        with tested as (
            select distinct test_as_of_date as day, horizon_days from ml.model_metrics where model = 'next_categories'
        ),
        bought as (
            select owners.person_id, orders.customer_id, orders.purchase_number, products.category,
                cast(items.total_amount * 100 as double) as cents, orders.order_date,
                orders.order_date <= tested.day as is_known, tested.day + cast(tested.horizon_days as int) as last
            from marts.fct_orders as orders
            inner join marts.fct_order_items as items on orders.order_id = items.order_id
            inner join marts.dim_products as products on items.product_id = products.product_id
            inner join memory.main.true_orders as owners on orders.order_id = 'sample:' || owners.order_id
            cross join tested
            where orders.purchase_number is not null and products.category is not null
        ),
        came as (
            select customer_id, min(purchase_number) as purchase_number from bought where not is_known
            group by customer_id having min_by(order_date <= last, purchase_number)
        )
        select bought.customer_id, bought.is_known, bought.category, bought.cents,
            persons.favourite_category, persons.mean_spend
        from bought
        inner join came using (customer_id)
        inner join '{sample_files / "truth" / "persons.parquet"}' as persons on bought.person_id = persons.person_id
        where (bought.is_known or bought.purchase_number = came.purchase_number)
            and customer_id in (select customer_id from bought where is_known)
        order by bought.customer_id, bought.purchase_number
        """
    ).df()


@pytest.fixture(scope="module")
def tastes(next_orders: pd.DataFrame, sample_files: Path) -> dict[str, np.ndarray]:
    """Of each customer what the next order held, and the chances of that by who is told of the taste and who infers it.

    Both know what each person spends, for dear things are of one category.
    """
    plan = SampleTruth.read(sample_files / "truth").plan
    goods, categories = draw_catalogue(opening_stream(plan.seed, 0)), list(CATEGORIES)
    lines = next_orders.assign(
        customer=pd.factorize(next_orders["customer_id"])[0],
        category=next_orders["category"].map(categories.index),
        favourite=next_orders["favourite_category"].map(categories.index),
    )
    people = lines.groupby("customer").first()
    bought, came = lines[lines["is_known"]], lines[~lines["is_known"]]
    holds = np.zeros((len(people), len(categories)), bool)
    holds[came["customer"], came["category"]] = True
    by_taste = chances(goods, plan.rates, people["mean_spend"].to_numpy())
    of_lines = (bought[name].to_numpy() for name in ("customer", "category", "cents"))
    likely = likely_favourites(goods, plan.rates, *of_lines, len(people))
    planted = by_taste[np.arange(len(people)), people["favourite"]]
    return {"holds": holds, "planted": planted, "inferred": np.einsum("pf,pfc->pc", likely, by_taste)}


def hit_rate(chance: np.ndarray, holds: np.ndarray, guesses: int) -> float:
    first = np.argsort(-chance, axis=1, kind="stable")[:, :guesses]
    return float(np.take_along_axis(holds, first, axis=1).any(axis=1).mean())


@pytest.mark.parametrize("guesses", [1, 3])
def test_next_categories_come_true_more_often_than_by_rules_and_nearly_as_often_as_orders_can_tell(
    known: duckdb.DuckDBPyConnection, tastes: dict[str, np.ndarray], guesses: int
) -> None:
    """Who is told the planted preferences does best; who infers them from the orders so far does what can be learned.

    Near that is what so many customers cannot tell from it: two standard errors of its hit rate.
    """
    measured = rows(
        known,
        "select candidate, role, value, customer_count from ml.model_metrics"
        f" where model = 'next_categories' and metric = 'hit_rate_{guesses}'",
    )
    [(champion, customers)] = [(value, count) for _, role, value, count in measured if role == "champion"]
    rules = {name: value for name, role, value, _ in measured if role == "baseline"}
    planted, optimum_of_orders = (hit_rate(tastes[who], tastes["holds"], guesses) for who in ("planted", "inferred"))
    assert customers == len(tastes["holds"]) > 200
    assert rules.keys() == {"same_as_last", "most_popular"}
    assert champion > max(rules.values()) + 0.03
    near = 2 * np.sqrt(optimum_of_orders * (1 - optimum_of_orders) / customers)
    assert optimum_of_orders - near <= champion <= planted
    assert optimum_of_orders <= planted


def test_who_leaves_is_foretold_almost_as_well_as_by_whoever_knows_how_the_shop_is_made(
    first_night: Run, sample_files: Path
) -> None:
    """The optimum of what can be learned: who knows the laws of the shop, and of its people what shows of them."""
    found = optimum(first_night.home / "warehouse" / "guanxi.duckdb", sample_files / "truth")
    assert found.customers > 500
    assert found.best_rule + 0.02 < found.knowing_shop < found.knowing_person
    assert found.measured >= found.knowing_shop - 0.02


def test_seekers_of_promotions_are_told_from_the_others(known: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        known,
        """
        select people.is_promotion_seeker, preferences.strength
        from memory.main.people as people
        inner join marts.customer_preferences as preferences on people.customer_id = preferences.customer_id
        where preferences.attribute = 'promotion' and preferences.strength is not null
        """,
    )
    is_seeker, strength = zip(*found, strict=True)
    assert sum(is_seeker) > 100
    assert roc_auc_score(is_seeker, strength) >= 0.85


def test_whoever_is_called_a_seeker_mostly_is_one(known: duckdb.DuckDBPyConnection) -> None:
    (right, called), *_ = rows(
        known,
        """
        select count(*) filter (where people.is_promotion_seeker), count(*)
        from memory.main.people as people
        inner join marts.customer_360 as customers on people.customer_id = customers.customer_id
        where customers.promotion = 'seeker'
        """,
    )
    assert called > 30
    assert right / called >= 0.8


def test_rescued_carts_are_those_that_were(known: duckdb.DuckDBPyConnection) -> None:
    true = rows(
        known,
        """
        select 'sample:' || rescued_order_id as order_id
        from memory.main.true_carts where is_rescued order by order_id
        """,
    )
    counted = rows(
        known,
        """
        select orders.order_id
        from marts.fct_carts as carts
        inner join marts.fct_orders as orders on carts.rescued_order_id = orders.order_id
        where carts.is_rescued order by orders.order_id
        """,
    )
    assert len(true) > 100
    assert counted == true


def test_abandoned_and_paid_carts_of_people_who_log_in_are_counted_as_they_were(
    known: duckdb.DuckDBPyConnection,
) -> None:
    """Truth tells of the carts of accounts, not of those that somebody fills and pays as a guest."""
    true = rows(
        known,
        """
        select carts.state, coalesce('sample:' || carts.order_id, ''), count(*)
        from memory.main.true_carts as carts
        left join memory.main.true_orders as true_orders on carts.order_id = true_orders.order_id
        where carts.state in ('abandoned', 'paid') and true_orders.is_guest is not true
        group by all order by all
        """,
    )
    counted = rows(
        known,
        """
        select carts.state, coalesce(carts.order_id, ''), count(*)
        from marts.fct_carts as carts
        inner join memory.main.people as people on carts.customer_id = people.customer_id
        left join memory.main.true_orders as true_orders on carts.order_id = 'sample:' || true_orders.order_id
        where carts.state in ('abandoned', 'paid') and true_orders.is_guest is not true
        group by all order by all
        """,
    )
    assert len(true) > 1_000
    assert counted == true
