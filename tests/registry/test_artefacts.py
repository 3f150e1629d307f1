"""A model's file is the one that was kept, or it is not read; and a model scores no day that it may not."""

import hashlib
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest
from sklearn.isotonic import IsotonicRegression
from skops.io import load

from pipelines.registry.artefact import write_artefact
from pipelines.registry.card import Card, Unfit
from pipelines.registry.models import Damaged, cards, read_bins, read_model
from tests.registry.learners import NAMES, Learner, features, night, use_of


@pytest.fixture
def learner() -> Learner:
    return Learner()


@pytest.fixture
def card(tmp_path: Path, learner: Learner) -> Card:
    learner.on(use_of(tmp_path, 0))
    [found] = cards(tmp_path, "churn")
    return found


def place(folder: Path, day: int) -> Path:
    return folder / "churn" / str(night(day))


def test_a_card_says_what_the_model_is(card: Card, tmp_path: Path) -> None:
    assert card.window is not None
    assert (card.window.first_as_of, card.window.last_as_of) == (night(-90), night(-90))
    assert (card.window.rows, card.window.customers, card.window.features) == (1_000, 1_000, NAMES)
    assert card.skill is not None
    assert (card.skill.metric, card.skill.baseline) == ("brier", "recency")
    assert card.skill.skill == pytest.approx(0.2)
    assert card.artefact == hashlib.sha256((place(tmp_path, 0) / "model.skops").read_bytes()).hexdigest()
    assert {"numpy", "scikit-learn", "skops"} <= card.libraries.keys()
    assert Card.from_json(card.to_json()) == card
    assert {*read_bins(tmp_path, card)} == {*NAMES}


def test_the_same_model_makes_the_same_bytes_wherever_it_lies_in_memory(tmp_path: Path) -> None:
    edges = np.arange(5.0)
    levels = IsotonicRegression().fit(edges, edges**2)
    model: dict[str, Any] = {"edges": edges, "again": edges, "levels": levels, "days": {30: edges + 1}}
    for name, one in {"first": model, "second": deepcopy(model)}.items():
        write_artefact(one, tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    with ZipFile(tmp_path / "first") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    read = load(tmp_path / "first")
    assert read["edges"] is read["again"]
    assert read["days"][30].tolist() == [1, 2, 3, 4, 5]
    assert read["levels"].predict([1.5]) == levels.predict([1.5])


def test_another_models_file_in_its_place_is_refused_told_once_and_costs_one_training(
    card: Card, learner: Learner, tmp_path: Path
) -> None:
    learner.on(use_of(tmp_path, 30))
    shutil.copy(place(tmp_path, 30) / "metrics.parquet", place(tmp_path, 0) / "metrics.parquet")
    shutil.copy(place(tmp_path, 0) / "bins.json", place(tmp_path, 30) / "model.skops")
    use = use_of(tmp_path, 31)
    assert learner.on(use) == night(31)
    [told] = use.told
    assert "model of 2026-01-31 is refused and learned anew" in told
    assert "\n" not in told
    assert "is not the file that was kept" in told
    later = use_of(tmp_path, 32)
    assert learner.on(later) == night(31)
    assert (learner.times, later.told) == (3, [])
    with pytest.raises(Damaged, match=r"the files beside .* are not those that were kept"):
        read_model(tmp_path, card)


@pytest.mark.parametrize(
    ("name", "why"),
    [("model.skops", "model.skops is not the file that was kept"), ("card.json", "card.json breaks off")],
)
def test_a_file_that_breaks_off_is_refused_in_one_line_and_its_model_learned_anew(
    card: Card, learner: Learner, tmp_path: Path, name: str, why: str
) -> None:
    file = place(tmp_path, 0) / name
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    use = use_of(tmp_path, 5)
    assert learner.on(use) == night(5)
    [told] = use.told
    assert told.startswith("Churn: the model of 2026-01-01 is refused")
    assert why in told
    assert "\n" not in told
    [kept] = cards(tmp_path, "churn")
    assert (kept.trained_as_of, kept.cause, learner.times) == (night(5), "damage", 2)
    later = use_of(tmp_path, 6)
    assert learner.on(later) == night(5)
    assert later.told == []


def test_a_card_that_breaks_off_costs_nothing_while_an_older_model_scores(
    card: Card, learner: Learner, tmp_path: Path
) -> None:
    shutil.copytree(place(tmp_path, 0), place(tmp_path, 3))
    (place(tmp_path, 3) / "card.json").write_text('{"score": "churn", "trai')
    use = use_of(tmp_path, 5)
    assert learner.on(use) == night(0)
    assert learner.times == 1
    assert len(use.told) == 1
    assert not place(tmp_path, 3).exists()


def test_the_one_that_takes_a_damaged_champions_place_is_promoted_however_bad(
    card: Card, learner: Learner, tmp_path: Path
) -> None:
    learner.skill = 0.0
    (place(tmp_path, 0) / "model.skops").write_bytes(b"")
    assert learner.on(use_of(tmp_path, 5)) == night(5)
    [kept] = cards(tmp_path, "churn")
    assert kept.cause == "damage"


def test_a_champion_that_is_damaged_as_its_challenger_comes_gives_way(
    card: Card, learner: Learner, tmp_path: Path
) -> None:
    learner.skill = 0.0
    (place(tmp_path, 0) / "model.skops").write_bytes(b"")
    assert learner.on(use_of(tmp_path, 30)) == night(30)
    assert learner.on(use_of(tmp_path, 31)) == night(30)
    assert learner.times == 2


def test_a_card_in_another_models_folder_is_passed_over(card: Card, learner: Learner, tmp_path: Path) -> None:
    shutil.copytree(place(tmp_path, 0), place(tmp_path, -5))
    shutil.copytree(tmp_path / "churn", tmp_path / "lifetime_value")
    assert [found.trained_as_of for found in cards(tmp_path, "churn")] == [night(0)]
    assert list(cards(tmp_path, "lifetime_value")) == []


@pytest.mark.parametrize("day", [-1, -90, -200])
def test_a_model_refuses_a_day_before_its_own_and_in_what_it_learned_from(card: Card, day: int) -> None:
    with pytest.raises(Unfit, match=r"the churn model of 2026-01-01 does not score 20\d\d-\d\d-\d\d: it learned"):
        card.require_fit(night(day), NAMES)


def test_a_model_that_lacks_a_feature_says_which(card: Card, tmp_path: Path) -> None:
    card.require_fit(night(0), [*NAMES, "more"])
    with pytest.raises(Unfit, match=r"2026-01-01 does not score 2026-01-02: it wants spend, visits, which the feat"):
        card.require_fit(night(1), ["recency", "age_days"])
    use = use_of(tmp_path, 1)
    lacking = {"features": features(night(1)).drop(columns="spend"), "other": pd.DataFrame({"spend": [1.0]})}
    with pytest.raises(Unfit, match="it wants spend, which"):
        use.look_for_drift("churn", card, lacking, pd.DataFrame())
