"""Every score of the house, learned and scored a second time from the night's rows in another order: the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.defs.modelling.assets import learned
from pipelines.modelling import scoring
from pipelines.modelling.scoring import Asking, Scored, read_inputs, scores
from pipelines.registry.models import cards, keep_model, read_model
from pipelines.settings.model import Settings
from pipelines.warehouse.duckdb_tables import open_tables
from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once

SETTINGS = Settings()
NIGHT = date(2026, 6, 30)
SLOW_TO_LEARN = {"lifetime_value"}
FORECASTS = {
    "churn": "churn_probability",
    "lifetime_value": "predicted_value",
    "next_categories": "probability",
    "next_order": "probability_of_order",
}


class Frames:
    """What a score is given by a night's build, its rows in the order of the night or in that of a draw."""

    def __init__(self, run: Run) -> None:
        self.warehouse = run.home / "warehouse" / "guanxi.duckdb"

    def read(self, inputs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        with open_tables(self.warehouse, read_only=True) as tables:
            return read_inputs(tables, inputs)

    def shuffled(self, inputs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
        return {
            name: frame.sample(frac=1, random_state=place, ignore_index=True)
            for place, (name, frame) in enumerate(self.read(inputs).items())
        }


@pytest.fixture(scope="module")
def frames(first_night: Run) -> Frames:
    return Frames(first_night)


def asking(run: Run, name: str, read: Callable[[Mapping[str, str]], Mapping[str, pd.DataFrame]]) -> Asking:
    """The score of that name with the model that the night kept."""
    [card] = cards(run.home / "models", name)
    model = read_model(run.home / "models", card).model
    return Asking(scores()[name], lambda query: read({"one": query})["one"], SETTINGS, model)


def assert_same(one: Scored, other: Scored) -> None:
    assert one.tables.keys() == other.tables.keys()
    for name, frame in one.tables.items():
        pd.testing.assert_frame_equal(frame, other.tables[name], check_exact=True)
    assert (one.pictures, one.notes) == (other.pictures, other.notes)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW_TO_LEARN else ()) for name in scores()]
)
def test_rows_in_another_order_teach_the_same_model_to_the_byte(
    first_night: Run, frames: Frames, tmp_path: Path, name: str
) -> None:
    """What the night kept: the model's file, and beside it metrics, tables, pictures, notes and how features lay."""
    [card] = cards(first_night.home / "models", name)
    again = keep_model(tmp_path, card, learned(scores()[name], frames.shuffled, SETTINGS))
    kept, made = (folder / name / str(NIGHT) for folder in (first_night.home / "models", tmp_path))
    for file in sorted(path.relative_to(kept) for path in kept.rglob("*") if path.is_file()):
        assert (made / file).read_bytes() == (kept / file).read_bytes(), file
    assert again == card


@pytest.mark.parametrize("name", scores())
def test_rows_in_another_order_are_scored_the_same(first_night: Run, frames: Frames, name: str) -> None:
    scored = asking(first_night, name, frames.read).whole()
    assert sum(map(len, scored.tables.values())) > 0
    assert_same(asking(first_night, name, frames.shuffled).whole(), scored)


@pytest.mark.parametrize("name", [name for name, score in scores().items() if score.stream])
def test_some_customers_at_a_time_are_told_the_same(
    first_night: Run, frames: Frames, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The standard is that of all of them here; of their own tables every number is, and sums are of all."""
    whole = asking(first_night, name, frames.read)
    score, stream = whole.score, whole.score.stream
    assert stream is not None
    standard = stream.among(whole.sample, SETTINGS, whole.model)
    frozen = replace(score, stream=replace(stream, among=lambda inputs, settings, model: standard, batches=1))
    monkeypatch.setattr(scoring, "SAMPLE", 70)
    monkeypatch.setattr(scoring, "BATCH", 210)
    asked = Asking(frozen, whole.read, SETTINGS, whole.model)
    assert len([*asked.parts()]) > 5
    together, parts = whole.whole(), asked.whole()
    own = [table for table in together.tables if table not in stream.added_up]
    for table in own:
        pd.testing.assert_frame_equal(parts.tables[table].reset_index(drop=True), together.tables[table])
    for table in stream.added_up:
        sums = [scored.tables[table].select_dtypes("number").sum() for scored in (parts, together)]
        assert sums[0].tolist() == pytest.approx(sums[1].tolist(), abs=0.1)


@pytest.mark.parametrize("name", [name for name, score in scores().items() if score.stream])
def test_what_a_sample_says_of_the_shop_is_near_what_all_say(
    first_night: Run, frames: Frames, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    whole = asking(first_night, name, frames.read).whole()
    monkeypatch.setattr(scoring, "SAMPLE", 750)
    monkeypatch.setattr(scoring, "BATCH", 750)
    sampled = asking(first_night, name, frames.read).whole()
    table = scores()[name].tables[0]
    assert len(sampled.tables[table]) == len(whole.tables[table])
    means = [scored.tables[table].select_dtypes("float").mean() for scored in (whole, sampled)]
    forecast = FORECASTS[name]
    assert means[1][forecast] == pytest.approx(means[0][forecast], rel=0.15)
