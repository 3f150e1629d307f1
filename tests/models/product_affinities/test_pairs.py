"""Pairs of products: a planted one is found, independent ones are not, whatever the size of orders and their number."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.product_affinities import pairs
from models.product_affinities.baskets import MOST_PRODUCTS, Baskets
from models.product_affinities.pairs import false_discovery_rate, judged_pairs, kept_pairs
from models.product_affinities.rankings import MOST_RANKS, RANKINGS, ranked_partners

TODAY = pd.Timestamp("2024-06-30")


def lines_of(orders, dates=None, customers=None):
    """Rows of orders, each a list of products."""
    rows = [
        {
            "order_id": f"o{number:06d}",
            "customer_id": customers[number] if customers else f"c{number:06d}",
            "ordered_at": pd.Timestamp(dates[number] if dates else TODAY) + pd.Timedelta(hours=12),
            "order_date": pd.Timestamp(dates[number] if dates else TODAY),
            "product_id": product,
        }
        for number, products in enumerate(orders)
        for product in products
    ]
    return pd.DataFrame(rows, columns=["order_id", "customer_id", "ordered_at", "order_date", "product_id"])


def independent_orders(random, count=4000, products=60, sizes=(1, 2, 3, 4, 30)):
    """Orders of very different sizes, whose products are drawn without any knowledge of each other."""
    popular = random.permutation(1.0 / np.arange(1, products + 1) ** 0.5)
    popular /= popular.sum()
    drawn = random.choice(sizes, count, p=[0.4, 0.25, 0.2, 0.1, 0.05])
    return [[f"p{one:03d}" for one in random.choice(products, size, replace=False, p=popular)] for size in drawn]


def found(orders):
    baskets = Baskets.of(lines_of(orders))
    kept = kept_pairs(judged_pairs(baskets))
    return {(baskets.products[a], baskets.products[b]) for a, b in zip(kept["first"], kept["second"], strict=True)}


def test_a_planted_pair_is_found_and_hardly_an_independent_one():
    random = np.random.default_rng(0)
    orders = independent_orders(random) + [["cup", "pot"]] * 60 + [["cup"]] * 100 + [["pot"]] * 100
    finds = found(orders)
    assert ("cup", "pot") in finds
    assert len(finds) <= 3  # of 1,891 that were tested


@pytest.mark.parametrize("seed", range(5))
def test_without_a_planted_pair_nothing_is_found_though_orders_differ_in_size(seed, monkeypatch):
    """Held against n1 * n2 / N, as if all orders were alike, nearly every pair of such a shop would be a find."""
    orders = independent_orders(np.random.default_rng(seed))
    assert len(found(orders)) <= 1
    monkeypatch.setattr(pairs, "_meeting_rate", lambda baskets: 1 / baskets.held.shape[0])
    assert len(found(orders)) > 1000


def test_counts_and_shares_are_those_of_the_orders():
    orders = [["cup", "pot"]] * 8 + [["cup"]] * 12 + [["pot"]] * 2 + [["tea"]] * 78
    baskets = Baskets.of(lines_of(orders))
    [pair] = judged_pairs(baskets).to_dict("records")
    assert baskets.products[[pair["first"], pair["second"]]].tolist() == ["cup", "pot"]
    assert (pair["together"], pair["first_orders"], pair["second_orders"]) == (8, 20, 10)
    chance = 20 * 10 * (8 * 2) / 108**2 / 100  # eight orders of two products, 108 products in all orders
    assert pair["p_value"] == pytest.approx(stats.binomtest(8, 100, chance, alternative="greater").pvalue)
    assert pair["q_value"] == pytest.approx(3 * pair["p_value"])  # three products of five orders: three pairs


def test_pairs_that_never_met_count_among_the_tests():
    p_value = np.array([0.001, 0.02, 0.004, 0.02, 0.9])
    with_those_that_never_met = np.append(p_value, np.ones(95))
    expected = stats.false_discovery_control(with_those_that_never_met)[:5]
    np.testing.assert_allclose(false_discovery_rate(p_value, 100), expected)
    assert false_discovery_rate(np.empty(0), 0).tolist() == []


def test_a_pair_that_is_sure_alone_is_not_among_thousands():
    together = [["cup", "pot"]] * 5 + [["cup"]] * 25 + [["pot"]] * 25
    others = [[f"p{number:03d}"] for number in range(400) for _ in range(5)] + [["x", "y"]] * 40
    few = judged_pairs(Baskets.of(lines_of([*together, *[["x", "y"]] * 40, *[["z"]] * 2000])))
    many = judged_pairs(Baskets.of(lines_of([*together, *others])))
    of_few, of_many = (one[one["together"] == 5].iloc[0] for one in (few, many))
    assert of_few["p_value"] == pytest.approx(of_many["p_value"], rel=0.1)
    assert of_many["q_value"] > 1000 * of_few["q_value"]


def test_fewer_than_five_orders_together_are_no_pair():
    assert found([["cup", "pot"]] * 4 + [["tea"]] * 1000) == set()
    assert found([["cup", "pot"]] * 5 + [["tea"]] * 1000) == {("cup", "pot")}


def test_an_order_of_more_than_a_hundred_products_is_left_out():
    stock_list = [f"s{number:03d}" for number in range(MOST_PRODUCTS + 1)]
    baskets = Baskets.of(lines_of([stock_list] * 9 + [stock_list[:-1]]))
    assert np.diff(baskets.held.indptr).tolist() == [MOST_PRODUCTS]


def test_a_product_twice_in_an_order_counts_once():
    lines = lines_of([["cup", "cup", "pot"]] * 6 + [["tea"]] * 500)
    [pair] = judged_pairs(Baskets.of(lines)).to_dict("records")
    assert (pair["together"], pair["first_orders"]) == (6, 6)


def test_blocks_of_products_find_what_one_table_does(monkeypatch):
    orders = independent_orders(np.random.default_rng(2))
    whole = judged_pairs(Baskets.of(lines_of(orders)))
    monkeypatch.setattr(pairs, "_BLOCK", 7)
    pd.testing.assert_frame_equal(judged_pairs(Baskets.of(lines_of(orders))), whole)
    baskets = Baskets.of(lines_of(orders))
    met = (baskets.held.T @ baskets.held).toarray()
    assert (met[whole["first"], whole["second"]] == whole["together"]).all()
    assert len(whole) == (np.triu(met, 1) >= 5).sum()


@pytest.mark.parametrize("ranking", RANKINGS)
def test_both_ways_of_a_pair_are_ranked_and_no_product_has_more_than_twenty(ranking):
    hub = [["hub", f"p{number:02d}"] for number in range(30) for _ in range(6 + number)]
    partners = ranked_partners(judged_pairs(Baskets.of(lines_of(hub))), ranking)
    per_product = partners.groupby("product")["rank"].agg(list)
    assert sorted(map(len, per_product)) == [1] * 30 + [MOST_RANKS]
    assert all(ranks == list(range(1, len(ranks) + 1)) for ranks in per_product)
    assert (partners.groupby("product")["strength"].diff().dropna() <= 0).all()
