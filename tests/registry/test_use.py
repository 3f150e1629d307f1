"""A model scores until learning is due: by its age, by what made it, by what had landed, and never before its day."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from models.result_tables import METRIC_TYPES, nothing
from pipelines.modelling.scoring import Scored, Trained
from pipelines.registry.card import Card, training_recipe
from pipelines.registry.models import cards, keep_card, read_model
from pipelines.registry.use import Use
from pipelines.settings.model import Settings

LEARNED = date(2026, 6, 1)
MADE = Scored(
    tables={"calibration": pd.DataFrame({"decile": [1, 2], "test_as_of_date": pd.to_datetime(["2026-03-01"] * 2)})},
    metrics=nothing(METRIC_TYPES),
    pictures={"calibration": b"\x89PNG"},
    notes={"customer_churn": ["学到的 and told."]},
)


class Learner:
    """Learns a line, and counts how often it did."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Trained:
        self.times += 1
        line = LogisticRegression().fit(np.arange(10.0)[:, None], np.arange(10) > self.times)
        return Trained(line, MADE)


@pytest.fixture
def learner() -> Learner:
    return Learner()


@pytest.fixture
def use(tmp_path: Path, learner: Learner) -> Use:
    night = Use(tmp_path, LEARNED, 30, 30, "recipe", lambda day: f"landed by {day}")
    night.model("churn", learner)
    return night


@pytest.mark.parametrize(
    ("change", "is_learned_anew"),
    [
        ({}, False),
        ({"as_of": LEARNED + timedelta(days=29)}, False),
        ({"as_of": LEARNED + timedelta(days=30)}, True),
        ({"as_of": LEARNED - timedelta(days=1)}, True),  # it would know what came after
        ({"recipe": "another"}, True),
        ({"landed_by": lambda day: "less"}, True),
        ({"as_of": LEARNED + timedelta(days=1), "every_days": 1}, True),
    ],
    ids=["the same night", "29 days later", "30 days later", "a day before", "other code", "withdrawn", "every night"],
)
def test_a_model_serves_until_learning_is_due(use: Use, learner: Learner, change: dict, is_learned_anew: bool) -> None:
    night = replace(use, **change)
    trained, day = night.model("churn", learner)
    assert learner.times == (2 if is_learned_anew else 1)
    assert day == (night.as_of if is_learned_anew else LEARNED)
    assert trained.model.predict([[1.5]]) == (learner.times < 2)


def test_what_was_made_as_it_was_learned_comes_back_with_it(use: Use, learner: Learner) -> None:
    trained, _ = use.model("churn", learner)
    assert learner.times == 1
    pd.testing.assert_frame_equal(trained.made.tables["calibration"], MADE.tables["calibration"])
    pd.testing.assert_frame_equal(trained.made.metrics, MADE.metrics)
    assert (trained.made.pictures, trained.made.notes) == (MADE.pictures, MADE.notes)


def test_a_past_day_finds_the_model_that_scored_it(use: Use, learner: Learner) -> None:
    replace(use, as_of=LEARNED + timedelta(days=40)).model("churn", learner)
    assert learner.times == 2
    _, day = replace(use, as_of=LEARNED + timedelta(days=20)).model("churn", learner)
    assert (day, learner.times) == (LEARNED, 2)


def test_each_score_has_its_own(use: Use, learner: Learner) -> None:
    use.model("lifetime_value", learner)
    assert learner.times == 2


def test_models_older_than_they_are_wanted_go(use: Use, learner: Learner) -> None:
    later = LEARNED + timedelta(days=61)
    replace(use, as_of=later).model("churn", learner)
    assert [card.trained_as_of for card in cards(use.folder, "churn")] == [later]
    assert not (use.folder / "churn" / str(LEARNED)).exists()


def test_a_score_with_too_little_to_learn_from_tries_again_every_night(tmp_path: Path) -> None:
    times = []
    use = Use(tmp_path, LEARNED, 30, 30, "recipe", str)

    def refuse() -> Trained:
        times.append(1)
        return Trained(None, MADE)

    for _ in range(2):
        trained, _ = use.model("churn", refuse)
        assert trained.model is None
    assert len(times) == 2
    assert not list(cards(tmp_path, "churn"))


@pytest.mark.parametrize("name", ["model.skops", "metrics.parquet", "notes.json", "card.json"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_model_is_learned_anew(use: Use, learner: Learner, name: str, damage: str) -> None:
    path = use.folder / "churn" / str(LEARNED) / name
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-7])
    _, day = use.model("churn", learner)
    assert (learner.times, day) == (2, LEARNED)
    use.model("churn", learner)
    assert learner.times == 2  # and stands in the place of the damaged one


def test_a_model_of_types_that_are_not_ours_is_not_read(use: Use) -> None:
    from skops.io import dump

    [card] = cards(use.folder, "churn")
    file = use.folder / "churn" / str(LEARNED) / "model.skops"
    dump(Path("anything"), file)
    card = keep_card(use.folder, replace(card, artefact=hashlib.sha256(file.read_bytes()).hexdigest()))
    with pytest.raises(ValueError, match=r"model\.skops wants pathlib"):
        read_model(use.folder, card)


def test_a_card_says_what_it_was_made_from() -> None:
    card = Card("churn", LEARNED, "recipe", "landed")
    assert Card.from_json(card.to_json()) == card


def test_what_is_learned_by_changes_with_settings_and_reference_tables_that_matter_and_no_other() -> None:
    plain = training_recipe(Settings(), "CNY", "as shipped")
    assert training_recipe(Settings(), "EUR", "as shipped") != plain
    assert training_recipe(Settings(discount_rate=0.1), "CNY", "as shipped") != plain
    for other in (Settings(keep_days=7), Settings(memory_limit="2GB"), Settings(training={"every_days": 7})):
        assert training_recipe(other, "CNY", "as shipped") == plain
    assert training_recipe(Settings(), "CNY", "a label changed") != plain
