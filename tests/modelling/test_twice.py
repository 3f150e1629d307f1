"""Every score of the house, learned and scored a second time from the night's rows in another order: the same bytes."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from pipelines.defs.modelling.assets import learned
from pipelines.modelling.scoring import Scored, read_inputs, scores
from pipelines.registry.models import cards, keep_model, read_model
from pipelines.settings.model import Settings
from pipelines.warehouse.duckdb_tables import open_tables
from tests.conftest import Run

pytestmark = pytest.mark.xdist_group("first_night")  # one worker builds that night, once

SETTINGS = Settings()
NIGHT = date(2026, 6, 30)
SLOW_TO_LEARN = {"lifetime_value"}


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
    score = scores()[name]
    [card] = cards(first_night.home / "models", name)
    model = read_model(first_night.home / "models", card).model
    scored = score.call(frames.read(score.inputs), SETTINGS, model)
    assert sum(map(len, scored.tables.values())) > 0
    assert_same(score.call(frames.shuffled(score.inputs), SETTINGS, model), scored)
