"""What has moved is told; a block makes learning due on the next night, once; what learning cannot mend does not."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

from pipelines.registry.archive import BACKTEST_TYPES
from pipelines.registry.use import Use
from tests.registry.learners import NAMES, Learner, features, night, use_of

NOTHING = pd.DataFrame(columns=list(BACKTEST_TYPES))


@pytest.fixture
def learner() -> Learner:
    return Learner()


def look(use: Use, moved: dict[str, float] | None = None, backtests: pd.DataFrame = NOTHING) -> pd.DataFrame:
    """What the night finds, by what it is of."""
    inputs = {"features": features(use.as_of, moved=moved)}
    return use.look_for_drift("churn", use.champion("churn"), inputs, backtests).set_index("measure")


def backtest(scored: int, horizon: int, bias: float, error: float = 0.01) -> pd.DataFrame:
    """Of one night."""
    rows = [{"metric": "bias", "value": bias}, {"metric": "bias_error", "value": error}]
    of_night = {"forecast": "churn_probability", "scored_as_of": pd.Timestamp(night(scored)), "method": "trees"}
    return pd.DataFrame(rows).assign(**of_night, trained_as_of=pd.NaT, horizon_days=horizon, customer_count=9)


def test_a_feature_that_has_not_moved_is_ok_and_one_that_has_is_told(tmp_path: Path, learner: Learner) -> None:
    learner.on(use_of(tmp_path, 0))
    found = look(use_of(tmp_path, 5), {"spend": 0.08, "visits": 5.0})
    levels = found["level"].to_dict()
    assert levels == {
        "recency": "ok",
        "spend": "warn",
        "visits": "block",
        "age_days": "ok",
        "share_over_block": "block",
    }
    assert found.loc["share_over_block", "value"] == 0.25
    assert (found.loc[list(NAMES), "compared_as_of"] == pd.Timestamp(night(-90))).all()


def test_a_block_makes_learning_due_on_the_next_night(tmp_path: Path, learner: Learner) -> None:
    learner.on(use_of(tmp_path, 0))
    look(use_of(tmp_path, 5), {"visits": 5.0})
    assert use_of(tmp_path, 5).due("churn") is None  # the same night again is what it was
    due = use_of(tmp_path, 6).due("churn")
    assert due is not None
    assert due.cause == "drift"
    assert learner.on(use_of(tmp_path, 6)) == night(6)
    [told] = [one.reason for one in use_of(tmp_path, 6).standings("churn") if one.role == "champion"]
    assert "Learned because 25% of the features have crossed the level of a block" in told
    assert learner.on(use_of(tmp_path, 5)) == night(0)


def test_a_feature_that_was_over_the_level_on_the_night_of_learning_does_not_count(
    tmp_path: Path, learner: Learner
) -> None:
    """Age grows by the days between the newest training date and tonight, however often one learns."""
    for day in range(6):
        learner.on(use_of(tmp_path, day))
        found = look(use_of(tmp_path, day), {"age_days": 0.9})
        assert found.loc["age_days", "level"] == "block"
        assert found.loc["share_over_block", ["value", "level"]].tolist() == [0, "ok"]
    assert learner.times == 1


def test_a_share_below_that_of_the_setting_makes_nothing_due(tmp_path: Path, learner: Learner) -> None:
    shop = {"training": {"drift_share": 0.5}}
    learner.on(use_of(tmp_path, 0, **shop))
    found = look(use_of(tmp_path, 1, **shop), {"visits": 5.0})
    assert found.loc["share_over_block", "level"] == "warn"
    assert use_of(tmp_path, 2, **shop).due("churn") is None


def test_learning_because_of_drift_is_due_once_in_the_days_after_which_it_is_due_anyway(
    tmp_path: Path, learner: Learner
) -> None:
    learned = set()
    for day in range(62):
        learned.add(learner.on(use_of(tmp_path, day)))
        look(use_of(tmp_path, day), {"visits": 0.1 * day, "spend": 0.1 * day})
    drifted = [day for day in sorted(learned) if day > night(0)]
    assert drifted[0] < night(15)
    assert learner.times <= 5
    cards = [one.card for one in use_of(tmp_path, 61).standings("churn")]
    causes = sorted((card.trained_as_of, card.cause) for card in cards)
    days = [day for day, cause in causes if cause == "drift"]
    assert all(later - earlier >= timedelta(days=30) for earlier, later in pairwise(days))


def test_a_forecast_far_off_what_came_makes_learning_due_unless_it_was_known_by_then(
    tmp_path: Path, learner: Learner
) -> None:
    learner.on(use_of(tmp_path, 0))
    found = look(use_of(tmp_path, 3), backtests=backtest(scored=-90, horizon=90, bias=0.4))
    assert found.loc["churn_probability", ["kind", "value", "level"]].tolist() == ["calibration", 0.4, "block"]
    assert use_of(tmp_path, 4).due("churn") is None  # the window was over on the day that it learned
    look(use_of(tmp_path, 4), backtests=backtest(scored=-87, horizon=90, bias=-0.4))
    due = use_of(tmp_path, 5).due("churn")
    assert due is not None
    assert due.sentence == "churn_probability of 2025-10-06 was -40% off what came"


@pytest.mark.parametrize(
    ("bias", "error", "level"),
    [(0.14, 0.01, "ok"), (-0.15, 0.01, "warn"), (0.3, 0.01, "block"), (0.4, 0.25, "ok"), (-0.6, 0.25, "block")],
)
def test_bias_within_two_standard_errors_is_chance(
    tmp_path: Path, learner: Learner, bias: float, error: float, level: str
) -> None:
    learner.on(use_of(tmp_path, 0))
    found = look(use_of(tmp_path, 1), backtests=backtest(-60, 30, bias, error))
    assert found.loc["churn_probability", "level"] == level


def test_of_several_nights_the_newest_counts(tmp_path: Path, learner: Learner) -> None:
    learner.on(use_of(tmp_path, 0))
    found = look(use_of(tmp_path, 1), backtests=pd.concat([backtest(-67, 30, 0.9), backtest(-60, 30, 0.1)]))
    assert found.loc["churn_probability", ["value", "level"]].tolist() == [0.1, "ok"]


def test_where_nothing_has_learned_nothing_has_moved(tmp_path: Path) -> None:
    use = use_of(tmp_path, 0)
    found = use.look_for_drift("churn", None, {}, NOTHING)
    assert found.empty
    assert list(found.columns) == ["kind", "measure", "value", "warn_from", "block_from", "level", "compared_as_of"]
    assert use_of(tmp_path, 1).due("churn").cause == "first"


def test_of_few_customers_chance_is_no_drift(tmp_path: Path, learner: Learner) -> None:
    learner.on(use_of(tmp_path, 0))
    few = {"features": features(night(1), customers=30)}
    use = use_of(tmp_path, 1)
    found = use.look_for_drift("churn", use.champion("churn"), few, NOTHING)
    assert (found.loc[found["kind"] == "feature", "block_from"] > 0.25).all()
    assert (found["level"] == "ok").all()


def test_a_damaged_note_of_drift_is_none(tmp_path: Path, learner: Learner) -> None:
    learner.on(use_of(tmp_path, 0))
    look(use_of(tmp_path, 1), {"visits": 5.0, "spend": 5.0})
    (tmp_path / "churn" / "drift.json").write_text("{half")
    assert learner.on(use_of(tmp_path, 2)) == night(0)
    look(use_of(tmp_path, 2))
