"""What a score is, how all of them are found, and how what one made is kept. Names no score and knows no Dagster.

Every other module of this folder is a score: it defines `SCORE`, and its own name is the score's name.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pandas as pd

from models.result_tables import METRIC_TYPES, nothing, typed
from pipelines.settings.model import Settings
from pipelines.warehouse.tables import Tables

METRICS = "ml.model_metrics"  # the one table that all scores share: each has its own rows in it, by `model`

# Inputs that most scores want. Each adds the order in which its model wants them: then no sorted copy has to be made.
FEATURES = "select * from features.customer_features"
TODAY = f"{FEATURES} where is_today"
OUTCOMES = "select * from features.customer_outcomes"

Inputs = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Scored:
    """What a score made of its inputs.

    `tables` are those it declares, `metrics` its rows of `ml.model_metrics` (METRIC_TYPES); pictures (PNG) and notes,
    sentences that a reader must know, go by the name of the table that they are about.
    """

    tables: dict[str, pd.DataFrame]
    metrics: pd.DataFrame = field(default_factory=lambda: nothing(METRIC_TYPES))
    pictures: dict[str, bytes] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def followed_by(self, later: "Scored") -> "Scored":
        """Both, the metrics of this one; a table about which both say something keeps the notes of both."""
        notes = {table: [*self.notes.get(table, []), *told] for table, told in later.notes.items()}
        return Scored(self.tables | later.tables, self.metrics, self.pictures | later.pictures, self.notes | notes)


@dataclass(frozen=True)
class Trained:
    """What a score learned (None: there is too little to learn from), and what it made of it on that day.

    Both serve until learning is due again: the model scores, and the tables are those of the day it was learned.
    """

    model: Any
    made: Scored


@dataclass(frozen=True)
class Training:
    """A select for each input of learning, and the call that learns, as pure as that of a score."""

    inputs: Mapping[str, str]
    call: Callable[[Inputs, Settings], Trained]


@dataclass(frozen=True)
class Score:
    """A select for each input, the tables of the schema `ml` that it fills, and the call that makes them.

    The call is pure: frames, settings and a model in, frames out. The model is what `training` has learned, tonight or
    on an earlier night, and None without one.
    """

    inputs: Mapping[str, str]
    tables: tuple[str, ...]
    call: Callable[[Inputs, Settings, Any], Scored]
    training: Training | None = None

    @property
    def reads(self) -> list[str]:
        """The tables that all inputs are selected from, "schema.name"."""
        queries = [*self.inputs.values(), *(self.training.inputs.values() if self.training else ())]
        named = (re.findall(r"\b(?:from|join)\s+(\w+\.\w+)", query) for query in queries)
        return sorted({table for tables in named for table in tables})


def read_inputs(tables: Tables, inputs: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """The frames that a call is given."""
    return {name: tables.read(query) for name, query in inputs.items()}


@cache
def scores() -> dict[str, Score]:
    """All scores by name, in alphabetical order."""
    return find_scores(import_module(__name__.rpartition(".")[0]))


def find_scores(package: ModuleType) -> dict[str, Score]:
    """The scores of a package by name; TypeError when one of its modules is none."""
    names = sorted(module.name for module in iter_modules(package.__path__, f"{package.__name__}."))
    modules = [import_module(name) for name in names if name != __name__]
    for module in modules:
        if not isinstance(getattr(module, "SCORE", None), Score):
            raise TypeError(f"{module.__file__} is no score: it defines no SCORE = Score(inputs, tables, call)")
    return {module.__name__.rpartition(".")[2]: module.SCORE for module in modules}


def keep_tables(tables: Tables, name: str, score: Score, scored: Scored, as_of_date: date) -> None:
    """Write the tables that the score `name` declares, and its own rows of `ml.model_metrics`."""
    for table in score.tables:
        tables.write(f"ml.{table}", scored.tables[table], as_of_date)
    metrics = typed(scored.metrics.assign(model=name), {**METRIC_TYPES, "model": "str"})
    tables.write_rows(METRICS, metrics, as_of_date, "model", name)


def forget_metrics_of_others(tables: Tables, names: Iterable[str], as_of_date: date) -> None:
    """Remove the rows of `ml.model_metrics` that are of no score among `names`: it has been taken out."""
    none = nothing({**METRIC_TYPES, "model": "str"})
    for model in sorted({*tables.read(f"select distinct model from {METRICS}")["model"]} - {*names}):
        tables.write_rows(METRICS, none, as_of_date, "model", model)


def keep_pictures(score: Score, pictures: Mapping[str, bytes], folder: Path) -> None:
    """Write the pictures of tonight's tables over those of the night before."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in score.tables:
        (folder / f"{table}.png").unlink(missing_ok=True)
    for table, picture in pictures.items():
        (folder / f"{table}.png").write_bytes(picture)
