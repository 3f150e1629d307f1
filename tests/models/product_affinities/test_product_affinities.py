"""What pairs recommend, tested on later orders: a planted habit is found, and nothing is known too early."""

import numpy as np
import pandas as pd
import pytest

from models.product_affinities.baskets import Baskets
from models.product_affinities.evaluation import (
    guessed_before_by_last_order,
    guessed_before_by_partners,
    guessed_before_by_popularity,
    hide_products,
    hit_rates,
)
from models.product_affinities.forecast import (
    SCORE_TYPES,
    ChosenRanking,
    score_product_affinities,
    train_product_affinities,
)
from models.product_affinities.pairs import judged_pairs, kept_pairs
from models.product_affinities.rankings import CONFIDENCE, COSINE, RANKINGS, ranked_partners, strengths
from models.result_tables import METRIC_TYPES
from tests.models.product_affinities.test_pairs import TODAY, lines_of

PRODUCTS = 120


@pytest.fixture(scope="module")
def lines():
    """Two years of orders: each of two products, three of four times one and its companion, 2k and 2k + 1."""
    random = np.random.default_rng(0)
    orders, dates, customers = [], [], []
    for _order in range(8_000):
        first = int(random.integers(0, PRODUCTS))
        second = first ^ 1 if random.random() < 0.75 else int(random.integers(0, PRODUCTS))
        orders.append([f"p{first:03d}", f"p{second:03d}"])
        dates.append(TODAY - pd.Timedelta(days=int(random.integers(0, 730))))
        customers.append(f"c{random.integers(0, 900):03d}")
    return lines_of(orders, dates, customers)


@pytest.fixture(scope="module")
def training(lines):
    return train_product_affinities(lines, TODAY)


@pytest.fixture(scope="module")
def scores(lines, training):
    return score_product_affinities(training.trained, lines, TODAY)


def test_planted_companions_and_they_alone_are_published_both_ways(scores):
    assert scores.columns.tolist() == list(SCORE_TYPES)
    companions = {(f"p{one:03d}", f"p{one ^ 1:03d}") for one in range(PRODUCTS)}
    published = set(zip(scores["product_id"], scores["other_product_id"], strict=True))
    assert companions <= published
    assert len(published - companions) <= 0.1 * len(companions)
    assert scores.sort_values(["product_id", "rank"]).index.tolist() == scores.index.tolist()


def test_support_confidence_and_lift_follow_from_the_counts(lines, scores):
    year = lines[lines["order_date"] > TODAY - pd.Timedelta(days=365)]
    row = scores.iloc[0]
    with_it = set(year.loc[year["product_id"] == row["product_id"], "order_id"])
    with_other = set(year.loc[year["product_id"] == row["other_product_id"], "order_id"])
    order_count = year["order_id"].nunique()
    assert row["together_count"] == len(with_it & with_other)
    assert row["support"] == pytest.approx(len(with_it & with_other) / order_count)
    assert row["confidence"] == pytest.approx(len(with_it & with_other) / len(with_it))
    assert row["lift"] == pytest.approx(row["confidence"] * order_count / len(with_other))


def test_pairs_find_hidden_products_of_later_orders_that_rules_do_not(training):
    hits = training.metrics[training.metrics["metric"] == "hit_rate_10"].set_index("candidate")
    champion = hits[hits["role"] == "champion"].index.item()
    assert champion == training.trained.name
    assert hits["value"][champion] > 0.7
    assert hits["value"][["same_as_last", "most_popular"]].max() < 0.3
    assert training.metrics.columns.tolist() == list(METRIC_TYPES)
    assert set(hits["role"][list(RANKINGS)].drop(champion)) == {"challenger"}
    assert set(training.metrics["test_as_of_date"]) == {TODAY - pd.Timedelta(days=90)}


def test_a_rerun_and_another_order_of_rows_give_the_same_result(lines, training, scores):
    shuffled = lines.sample(frac=1, random_state=1)
    again = train_product_affinities(shuffled, TODAY)
    pd.testing.assert_frame_equal(again.metrics, training.metrics)
    assert (again.trained, again.notes) == (training.trained, training.notes)
    pd.testing.assert_frame_equal(score_product_affinities(again.trained, shuffled, TODAY), scores)


def test_orders_after_a_day_and_more_than_a_year_before_change_nothing_of_it(lines):
    day = TODAY - pd.Timedelta(days=200)
    is_of_the_year = (lines["order_date"] <= day) & (lines["order_date"] > day - pd.Timedelta(days=365))
    ranking = ChosenRanking(COSINE)
    of_all = score_product_affinities(ranking, lines, day)
    pd.testing.assert_frame_equal(score_product_affinities(ranking, lines[is_of_the_year], day), of_all)
    known = lines[lines["order_date"] <= day]
    later = lines[lines["order_date"] > day].assign(product_id="p000")
    pd.testing.assert_frame_equal(
        train_product_affinities(pd.concat([known, later]), day).metrics, train_product_affinities(known, day).metrics
    )


def test_an_order_of_the_test_window_teaches_nothing(lines, training):
    """When habits turn over in the test window, pairs from before it find nothing more."""
    is_tested = lines["order_date"] > TODAY - pd.Timedelta(days=90)
    number = lines["product_id"].str[1:].astype(int)
    last_of_its_order = ~lines.duplicated("order_id", keep="last")
    turned = "p" + ((number + 40) % PRODUCTS).astype(str).str.zfill(3)
    other = lines.assign(product_id=lines["product_id"].where(~(is_tested & last_of_its_order), turned))
    again = train_product_affinities(other, TODAY)
    assert again.trained == training.trained
    hits = again.metrics[again.metrics["metric"] == "hit_rate_10"].set_index("candidate")["value"]
    assert hits[again.trained.name] < 0.3


def hidden_of(orders, customers=None):
    dates = [TODAY - pd.Timedelta(days=len(orders) - number) for number in range(len(orders))]
    baskets = Baskets.of(lines_of(orders, dates, customers))
    return baskets, hide_products(baskets, np.arange(len(orders)), 0)


def test_one_product_of_each_order_is_hidden_and_the_others_are_given():
    baskets, tests = hidden_of([["a", "b", "c"], ["a"], ["b", "c"], ["a", "c"]], ["x", "x", "x", None])
    assert tests.count == 2  # an order of one product has nothing to guess by, and one of nobody no order before it
    for row, products in enumerate([{"a", "b", "c"}, {"b", "c"}]):
        given = set(baskets.products[tests.given[[row]].indices])
        hidden = baskets.products[tests.hidden[row]]
        assert given | {hidden} == products
        assert hidden not in given
    assert [set(baskets.products[tests.before[[row]].indices]) for row in range(2)] == [set(), {"a"}]
    assert tests.customer_count == 1


def test_places_of_guesses_are_those_of_a_table_sorted_by_hand():
    random = np.random.default_rng(4)
    orders = [[f"p{one}" for one in random.choice(12, random.integers(2, 6), replace=False)] for _ in range(60)]
    baskets, tests = hidden_of(orders, [f"c{number % 7}" for number in range(60)])
    count = len(baskets.products)
    orders_of = random.integers(1, 9, count).astype(float)
    pairs = kept_pairs(judged_pairs(Baskets.of(lines_of(orders * 40)))).assign(q_value=0.0)
    table = strengths(ranked_partners(pairs, CONFIDENCE), count)
    by_partners = guessed_before_by_partners(tests, table)
    by_popularity = guessed_before_by_popularity(tests, orders_of)
    by_last_order = guessed_before_by_last_order(tests, orders_of)
    for row in range(tests.count):
        given, before = set(tests.given[[row]].indices), set(tests.before[[row]].indices)
        hidden = tests.hidden[row]
        free = [one for one in range(count) if one not in given]
        popular = sorted(free, key=lambda one: (-orders_of[one], one))
        again = sorted(free, key=lambda one: (one not in before, -orders_of[one], one))
        assert by_popularity[row] == popular.index(hidden)
        assert by_last_order[row] == again.index(hidden)
        score = np.asarray((tests.given[[row]] @ table).todense()).ravel()
        if score[hidden] > 0:
            assert by_partners[row] == sorted(free, key=lambda one: (-score[one], one)).index(hidden)
        else:
            assert by_partners[row] > count
    assert (by_partners < count).any()
    assert hit_rates(np.array([0, 4, 5, 9, 10])) == {"hit_rate_5": 0.4, "hit_rate_10": 0.8}


@pytest.mark.parametrize("orders", [[], [["cup"]], [["cup", "pot"]], [["cup", "pot"]] * 4])
def test_a_shop_with_too_little_gets_an_empty_table_and_a_note(orders):
    lines = lines_of(orders)
    training = train_product_affinities(lines, TODAY)
    assert training.trained is None
    assert training.metrics.empty
    assert "is not measured" in training.notes[0]
    scores = score_product_affinities(None, lines, TODAY)
    assert scores.empty
    assert scores.columns.tolist() == list(SCORE_TYPES)


def test_a_shop_too_young_to_choose_ranks_by_confidence():
    scores = score_product_affinities(None, lines_of([["cup", "pot"]] * 9 + [["tea"]] * 400), TODAY)
    assert scores["method"].tolist() == [CONFIDENCE] * 2
    assert scores["confidence"].tolist() == [1.0, 1.0]
