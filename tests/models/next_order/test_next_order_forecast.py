"""The forecast of next orders: near, honest about its interval, blind to the future, humble with little to go by."""

import numpy as np
import pandas as pd
import pytest

from models.next_order.candidates import MOST_USUAL, POOLED_LAW, RENEWAL_LAW, SAME_AS_LAST
from models.next_order.forecast import SCORE_TYPES, TrainedNextOrder, score_next_order, standard_of, train_next_order
from models.next_order.study import horizon_of
from models.result_tables import METRIC_TYPES
from tests.models.next_order.conftest import TODAY

DATES = ["expected_order_date", "low", "high"]


@pytest.fixture(scope="module")
def training(shop):
    return train_next_order(shop, TODAY)


@pytest.fixture(scope="module")
def scores(training, shop):
    return asked(training.trained, shop, TODAY)


def asked(trained: TrainedNextOrder | None, purchase_days: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return score_next_order(standard_of(trained, purchase_days, day), purchase_days, day)


def forecast(purchase_days: pd.DataFrame, day: pd.Timestamp = TODAY) -> pd.DataFrame:
    return asked(train_next_order(purchase_days, day).trained, purchase_days, day)


def metric(training, name: str, segment: str = "all") -> pd.Series:
    is_it = (training.metrics["metric"] == name) & (training.metrics["segment"] == segment)
    return training.metrics[is_it].set_index("candidate")["value"]


def test_everybody_who_has_bought_gets_one_row_with_the_promised_columns(shop, scores) -> None:
    assert scores.dtypes.astype(str).to_dict() == SCORE_TYPES
    assert scores["customer_id"].tolist() == sorted(set(shop["customer_id"]))
    assert set(scores["method"]) == {RENEWAL_LAW}
    assert set(scores["horizon_days"]) == {365}
    assert scores["probability_of_order"].between(0, 1).all()


def test_a_date_is_told_where_an_order_is_not_less_likely_than_none(scores) -> None:
    likely = scores["probability_of_order"] >= 0.5
    assert 0.1 < likely.mean() < 0.9
    for column in DATES:
        assert (scores[column].notna() == likely).all()
    assert (scores["next_order_status"] == "unlikely").equals(~likely)
    told = scores[likely]
    assert (told["expected_order_date"] > TODAY).all()
    assert (told["expected_order_date"] <= TODAY + pd.Timedelta(days=365)).all()
    assert (told["low"] <= told["expected_order_date"]).all()
    assert (told["expected_order_date"] <= told["high"]).all()
    assert (told["next_order_status"] == "overdue").equals(told["due_date"] < TODAY)
    assert set(told["next_order_status"]) == {"expected", "overdue"}


def test_dates_intervals_and_probabilities_come_true_in_a_future_that_was_not_seen(scores, lived_on) -> None:
    later = lived_on[lived_on["purchase_date"] > TODAY].groupby("customer_id")["purchase_date"].min()
    came = scores["customer_id"].map(later)
    assert scores["probability_of_order"].mean() == pytest.approx(came.notna().mean(), abs=0.01)
    for band in pd.interval_range(0, 0.8, 4):
        inside = scores["probability_of_order"].between(band.left, band.right)
        assert inside.sum() > 100
        assert scores["probability_of_order"][inside].mean() == pytest.approx(came[inside].notna().mean(), abs=0.07)
    told = scores["expected_order_date"].notna() & came.notna()
    is_held = (scores["low"] <= came) & (came <= scores["high"])
    assert is_held[told].mean() == pytest.approx(0.8, abs=0.03)
    assert (came[told] <= scores["expected_order_date"][told]).mean() == pytest.approx(0.5, abs=0.03)


def test_the_law_beats_both_rules_and_its_probability_the_base_rate(training) -> None:
    errors = metric(training, "median_absolute_error")
    assert errors.idxmin() == RENEWAL_LAW
    assert {SAME_AS_LAST, MOST_USUAL} < set(errors.index)
    assert errors[RENEWAL_LAW] < 0.9 * errors.drop(RENEWAL_LAW).min()
    assert metric(training, "brier")[RENEWAL_LAW] < 0.8 * metric(training, "brier")["base_rate"]
    assert metric(training, "auc")[RENEWAL_LAW] > metric(training, "auc")["recency"]
    assert metric(training, "interval_coverage")[RENEWAL_LAW] == pytest.approx(0.8, abs=0.05)


def test_it_is_measured_on_the_window_that_has_just_ended(training) -> None:
    assert training.metrics.dtypes.astype(str).to_dict() == METRIC_TYPES
    assert set(training.metrics["test_as_of_date"]) == {TODAY - pd.Timedelta(days=365)}
    assert set(training.metrics["horizon_days"]) == {365}
    assert (training.metrics["customer_count"] > 0).all()
    assert set(training.metrics.loc[training.metrics["role"] == "champion", "candidate"]) == {RENEWAL_LAW}
    dates, chances = training.notes
    assert "lowest median error on the window of 365 days after 2024-06-30" in dates
    assert (
        "Whether an order comes at all is told by law: lowest Brier score on past windows (law_and_process" in chances
    )


def test_the_test_window_decides_nothing_about_itself(shop, training) -> None:
    """Other orders in it change what is measured, and neither who is champion of it nor how wide intervals are."""
    began = TODAY - pd.Timedelta(days=365)
    other = shop[(shop["purchase_date"] <= began) | (shop["customer_id"] > "c01000")]
    changed = train_next_order(other, TODAY)
    champions = [
        found.metrics.loc[found.metrics["role"] == "champion", "candidate"].unique() for found in (training, changed)
    ]
    assert champions[0] == champions[1]
    assert metric(changed, "brier")[RENEWAL_LAW] != metric(training, "brier")[RENEWAL_LAW]
    told = [note.split("days:")[1] for found in (training, changed) for note in found.notes if "days:" in note]
    assert len(told) == 2
    assert told[0] == told[1]


def test_nothing_after_the_day_is_known_on_it(lived_on, shop, training, scores) -> None:
    knowing = train_next_order(lived_on, TODAY)
    pd.testing.assert_frame_equal(knowing.metrics, training.metrics)
    pd.testing.assert_frame_equal(asked(knowing.trained, lived_on, TODAY), scores)


def test_the_same_rows_in_another_order_or_twice_give_the_same(shop, training, scores) -> None:
    mixed = pd.concat([shop, shop.head(500)]).sample(frac=1, random_state=3)
    again = train_next_order(mixed, TODAY)
    pd.testing.assert_frame_equal(again.metrics, training.metrics)
    pd.testing.assert_frame_equal(asked(again.trained, mixed, TODAY), scores)


def test_what_was_learned_scores_a_later_night(lived_on, training) -> None:
    later = TODAY + pd.Timedelta(days=20)
    scores = asked(training.trained, lived_on, later)
    told = scores[scores["expected_order_date"].notna()]
    assert (told["low"] > later).all()
    assert scores["last_order_date"].max() == later


def test_longer_silence_never_brings_an_order_nearer_to_certain(training, days_of_one) -> None:
    """Of customers with three gaps of thirty days; after a hundred days of silence an order is overdue or unlikely."""
    waiting = [0, 10, 29, 40, 100, 300, 1000]
    frames = [days_of_one(*(silence + 30 * step for step in range(4)), name=f"c{silence:04d}") for silence in waiting]
    scores = asked(training.trained, pd.concat(frames), TODAY)
    probability = scores["probability_of_order"].tolist()
    assert max(probability[-2:]) < probability[-3] < probability[0]
    assert scores["next_order_status"].tolist()[0] == "expected"
    assert set(scores["next_order_status"].tolist()[-3:]) <= {"overdue", "unlikely"}
    assert scores["next_order_status"].tolist()[-1] == "unlikely"


def test_where_everybody_is_exactly_regular_the_last_gap_is_published() -> None:
    """Each has a gap of the own, and it never differs: no law can be nearer than the rule."""
    rows = [
        (f"c{number:03d}", TODAY - pd.Timedelta(days=number % 7 + gap * step))
        for number in range(300)
        for gap in [20 + number % 41]
        for step in range(1 + 1000 // gap)
    ]
    regular = pd.DataFrame(rows, columns=["customer_id", "purchase_date"])
    once = pd.DataFrame({"customer_id": ["zz"], "purchase_date": [TODAY]})
    training = train_next_order(pd.concat([regular, once]), TODAY)
    scores = asked(training.trained, pd.concat([regular, once]), TODAY)
    assert set(scores["method"][:-1]) == {SAME_AS_LAST}
    assert scores["method"].iloc[-1] == MOST_USUAL
    assert metric(training, "median_absolute_error")[SAME_AS_LAST] == 0
    roles = training.metrics.drop_duplicates("candidate").set_index("candidate")["role"]
    assert roles[SAME_AS_LAST] == "champion"
    assert roles[RENEWAL_LAW] == "challenger"
    expected = TODAY + pd.to_timedelta([20 + number % 41 - number % 7 for number in range(300)], unit="D")
    assert scores["expected_order_date"].tolist()[:-1] == expected.tolist()
    assert (scores["low"] <= scores["expected_order_date"]).all()


@pytest.mark.parametrize(
    ("history", "horizon"), [(0, 90), (269, 90), (270, 90), (539, 90), (540, 180), (1094, 180), (1095, 365)]
)
def test_the_horizon_is_the_longest_of_which_the_history_holds_three(history: int, horizon: int) -> None:
    assert horizon_of(history) == horizon


def test_a_young_shop_has_one_law_for_all_and_metrics_from_its_first_window_on(make_shop) -> None:
    young = make_shop(customers=120, days=200)
    training = train_next_order(young, TODAY)
    scores = asked(training.trained, young, TODAY)
    assert set(scores["method"]) == {POOLED_LAW}
    assert set(scores["horizon_days"]) == {90}
    assert not training.metrics.empty
    assert "unchosen" in training.notes[0]


def test_with_few_gaps_the_usual_gap_is_told_without_an_interval(days_of_one) -> None:
    """Five customers, each at home in a gap of forty days, of which the last is open."""
    few = pd.concat([days_of_one(100, 60, 20, name=f"c{number}") for number in range(5)])
    training = train_next_order(few, TODAY)
    scores = asked(training.trained, few, TODAY)
    assert set(scores["method"]) == {MOST_USUAL}
    assert set(scores["expected_order_date"]) == {TODAY + pd.Timedelta(days=20)}
    assert scores[["low", "high"]].isna().all(axis=None)
    assert "10 have ended, fewer than 30" in training.notes[0]


def test_one_customer_who_bought_once_is_told_nothing(days_of_one) -> None:
    training = train_next_order(days_of_one(30), TODAY)
    assert training.trained is None
    assert training.metrics.empty
    assert training.notes == ["No next order is foretold: nobody has bought on two days yet."]
    [row] = asked(None, days_of_one(30), TODAY).to_dict("records")
    assert (row["method"], row["next_order_status"], row["known_gap_count"]) == ("none", "unknown", 0)
    assert row["last_order_date"] == TODAY - pd.Timedelta(days=30)
    assert pd.isna([row[column] for column in (*DATES, "due_date", "probability_of_order", "rhythm_days")]).all()


@pytest.mark.parametrize("days_ago", [(30, 0), (40, 3, 1), (1, 0)])
def test_one_customer_who_came_back_is_told_something(days_of_one, days_ago) -> None:
    [row] = forecast(days_of_one(*days_ago)).to_dict("records")
    assert row["method"] == MOST_USUAL
    assert 0 < row["probability_of_order"] <= 1


def test_a_shop_without_a_purchase_gives_an_empty_table_and_a_note() -> None:
    nothing = pd.DataFrame({"customer_id": pd.Series(dtype="str"), "purchase_date": pd.Series(dtype="datetime64[us]")})
    training = train_next_order(nothing, TODAY)
    assert len(training.notes) == 1
    assert training.metrics.dtypes.astype(str).to_dict() == METRIC_TYPES
    scores = asked(training.trained, nothing, TODAY)
    assert scores.empty
    assert scores.dtypes.astype(str).to_dict() == SCORE_TYPES


def test_a_shop_that_only_sold_after_the_day_is_a_shop_without_a_purchase(days_of_one) -> None:
    assert forecast(days_of_one(-1, -20)).empty


def test_a_shop_that_fell_silent_is_told_that_no_order_is_likely(shop) -> None:
    asleep = TODAY + pd.Timedelta(days=3000)
    scores = forecast(shop, asleep)
    assert set(scores["next_order_status"]) == {"unlikely"}
    assert np.isfinite(scores["probability_of_order"]).all()


def test_what_was_learned_is_kept_and_read_by_skops(training, shop, scores, tmp_path) -> None:
    from skops.io import dump, get_untrusted_types, load

    from pipelines.registry.models import TRUSTED

    dump(training.trained, tmp_path / "model.skops")
    types = get_untrusted_types(file=tmp_path / "model.skops")
    assert all(name.startswith(TRUSTED) for name in types), types
    read = load(tmp_path / "model.skops", trusted=types)
    pd.testing.assert_frame_equal(asked(read, shop, TODAY), scores)
