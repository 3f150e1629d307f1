"""Next categories in a simulated shop: preferences found, probabilities that come true, nothing known too early."""

import numpy as np
import pandas as pd
import pytest

from models.next_categories.forecast import SCORE_TYPES, score_next_categories, standard_of, train_next_categories
from models.next_categories.guessers import MIXTURE, MOST_POPULAR, SAME_AS_LAST, SHRUNK_SHARES
from models.next_categories.histories import Histories
from models.next_categories.study import LEAST_NEXT_ORDERS, NextCategoryStudy
from models.result_tables import METRIC_TYPES
from tests.models.next_categories.conftest import TODAY


@pytest.fixture(scope="module")
def training(lines):
    return train_next_categories(lines, TODAY)


@pytest.fixture(scope="module")
def scores(lines, training):
    return scored(training.trained, lines, TODAY)


def scored(trained, lines, day):
    return score_next_categories(standard_of(trained, lines, day), lines)


def values(training, metric):
    return training.metrics[training.metrics["metric"] == metric].set_index("candidate")["value"]


def row(customer, number, date, category, count=1):
    names = ["customer_id", "purchase_number", "order_date", "category", "line_count"]
    return dict(zip(names, [customer, number, pd.Timestamp(date), category, count], strict=True))


def test_every_customer_has_five_guesses_whose_probabilities_fall(lines, scores):
    assert scores.columns.tolist() == list(SCORE_TYPES)
    assert scores["customer_id"].unique().tolist() == sorted(set(lines["customer_id"]))
    assert scores.groupby("customer_id")["rank"].agg(list).map(tuple).unique().tolist() == [(1, 2, 3, 4, 5)]
    assert scores["probability"].between(0, 1).all()
    assert (scores.groupby("customer_id")["probability"].diff().dropna() <= 0).all()
    assert not scores.duplicated(["customer_id", "category"]).any()


def test_a_planted_preference_is_the_first_guess_of_who_ordered_often(lines, scores):
    orders = lines.groupby("customer_id")["purchase_number"].max()
    favourite = lines.groupby("customer_id")["favourite"].first()
    first = scores[scores["rank"] == 1].set_index("customer_id")["category"]
    often = orders.index[orders >= 8]
    assert len(often) > 300
    assert (first[often] == favourite[often]).mean() > 0.95


def test_the_mixture_is_chosen_and_beats_both_rules_on_later_orders(training):
    hits, losses = values(training, "hit_rate_1"), values(training, "log_loss")
    roles = training.metrics.set_index("candidate")["role"].groupby(level=0).first()
    assert roles.to_dict() == {
        MIXTURE: "champion",
        SHRUNK_SHARES: "challenger",
        SAME_AS_LAST: "baseline",
        MOST_POPULAR: "baseline",
    }
    assert hits[MIXTURE] > hits[SAME_AS_LAST] + 0.05
    assert hits[MIXTURE] > hits[MOST_POPULAR] + 0.2
    assert losses.idxmin() == MIXTURE
    assert abs(values(training, "bias")[MIXTURE]) < 0.1
    assert (values(training, "hit_rate_3") >= hits).all()


def test_metrics_are_of_the_last_window_that_is_over(training):
    assert training.metrics.columns.tolist() == list(METRIC_TYPES)
    assert set(training.metrics["test_as_of_date"]) == {TODAY - pd.Timedelta(days=90)}
    assert set(training.metrics["horizon_days"]) == {90}
    assert (training.metrics["customer_count"] >= LEAST_NEXT_ORDERS).all()


def test_where_nobody_prefers_anything_no_rule_is_beaten_by_much(make_lines):
    training = train_next_categories(make_lines(seed=3, preference=0.0), TODAY)
    hits = values(training, "hit_rate_1")
    assert hits.max() - hits[MOST_POPULAR] < 0.06
    assert abs(values(training, "bias")).max() < 0.1


def test_a_rerun_and_another_order_of_rows_give_the_same_result(lines, training, scores):
    shuffled = lines.sample(frac=1, random_state=1)
    again = train_next_categories(shuffled, TODAY)
    pd.testing.assert_frame_equal(again.metrics, training.metrics)
    assert again.notes == training.notes
    np.testing.assert_array_equal(again.trained.weights, training.trained.weights)
    pd.testing.assert_frame_equal(scored(again.trained, shuffled, TODAY), scores)


def test_what_came_later_changes_nothing_of_a_day(lines):
    """Other orders after a day, and its model, its champion and its guesses are to the bit what they were."""
    day = TODAY - pd.Timedelta(days=90)
    later = (lines["order_date"] > day).to_numpy()
    other = lines.assign(category=np.where(later, "toys", lines["category"]))
    for one in (lines[~later], other):
        study, known = NextCategoryStudy(Histories.of(one), day), NextCategoryStudy(Histories.of(lines), day)
        assert study.losses_of_the_choice == known.losses_of_the_choice
        trained = study.guessers(day)[study.champion]
        pd.testing.assert_frame_equal(study.test(), known.test())
        pd.testing.assert_frame_equal(
            scored(trained, one, day),
            scored(known.guessers(day)[known.champion], lines, day),
        )


def test_the_tests_own_window_does_not_choose_what_is_tested(lines):
    """All orders of the test window are of one category: what stands at the window's begin does not change."""
    day = TODAY - pd.Timedelta(days=90)
    turned = lines.assign(category=np.where(lines["order_date"] > day, "toys", lines["category"]))
    before, after = (NextCategoryStudy(Histories.of(one), TODAY) for one in (lines, turned))
    assert before.champion == after.champion
    np.testing.assert_array_equal(before.guessers(day)[MIXTURE].weights, after.guessers(day)[MIXTURE].weights)
    hits = after.test().query("candidate == @MIXTURE and metric == 'hit_rate_1'")["value"].item()
    assert hits < before.test().query("candidate == @MIXTURE and metric == 'hit_rate_1'")["value"].item()


@pytest.mark.parametrize("rows", [[], [row("c1", 1, "2024-01-01", None)]])
def test_a_shop_without_categories_gets_an_empty_table_and_a_note(rows):
    lines = pd.DataFrame(rows, columns=["customer_id", "purchase_number", "order_date", "category", "line_count"])
    training = train_next_categories(lines, TODAY)
    scores = scored(training.trained, lines, TODAY)
    assert training.trained is None
    assert training.metrics.empty
    assert "no purchase of a known customer holds a product with a category" in training.notes[0]
    assert scores.empty
    assert scores.columns.tolist() == list(SCORE_TYPES)


def test_one_customer_gets_shares_of_the_orders_and_a_note_that_nothing_was_learned():
    lines = pd.DataFrame([row("c1", 1, "2024-01-01", "tea"), row("c1", 2, "2024-02-01", "tea"),
                          row("c1", 2, "2024-02-01", "cups")])  # fmt: skip
    training = train_next_categories(lines, TODAY)
    assert training.trained is None
    assert "only 0 customers ordered again" in training.notes[0]
    scores = scored(None, lines, TODAY)
    assert scores["category"].tolist() == ["tea", "cups"]
    assert scores["probability"].tolist() == [1.0, 0.5]  # (2 + 5 * 1) / 7 and (1 + 5 * 1 / 2) / 7
    assert set(scores["method"]) == {SHRUNK_SHARES}


def test_of_many_categories_the_most_bought_are_guessed_and_the_others_count_as_missed():
    rows = [row(f"c{number}", 1, "2024-01-01", f"rare{number}") for number in range(3)]
    rows += [row(f"c{number}", 2, "2024-02-01", "usual") for number in range(3)]
    histories = Histories.of(pd.DataFrame(rows), most_categories=1)
    assert histories.categories.tolist() == ["usual"]
    assert histories.baskets.shape == (6, 2)
    assert histories.baskets.toarray().sum(axis=1).tolist() == [1.0] * 6


def test_an_order_speaks_once_and_of_more_lines_the_most():
    lines = pd.DataFrame([row("c1", 1, "2024-01-01", "tea", 3), row("c1", 1, "2024-01-01", "cups", 1)])
    histories = Histories.of(lines)
    assert histories.categories.tolist() == ["cups", "tea"]
    assert histories.baskets.toarray().tolist() == [[0.25, 0.75]]
