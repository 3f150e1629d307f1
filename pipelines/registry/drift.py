"""What has moved since a model learned: each feature, and how far forecasts were from what came. When it is too far.

A warning is for a person; a block makes learning due on the next night (`Use`). So what was found is kept by night, in
`models/<score>/drift.json`.

Features that grow with a shop's age, or go with its season, differ from those of the newest training date on the very
night that a model is learned, since that date lies one horizon back: learning again would not bring them closer. So of
features only those count towards a block that have crossed its level since the night their model was learned, and only
when they are more than a share of all. Chance is no drift either: a level is never below what chance alone exceeds once
in a hundred (PSI), or two standard errors (bias).
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from models.drift import shift
from pipelines.modelling.scoring import Inputs, as_numbers
from pipelines.registry.card import Card
from pipelines.registry.models import read_bins
from pipelines.settings.model import Training

FEATURE, FEATURES, CALIBRATION = "feature", "features", "calibration"
OK, WARN, BLOCK = "ok", "warn", "block"
SHARE = "share_over_block"  # the one row of the kind FEATURES
NOTED = "drift.json"
STANDARD_ERRORS = 2
DRIFT_TYPES = {
    "kind": "str",
    "measure": "str",
    "value": "float64",
    "warn_from": "float64",
    "block_from": "float64",
    "level": "str",
    "compared_as_of": "datetime64[us]",
}


@dataclass(frozen=True)
class Row:
    """Something that moved: how far, from where on that is said, and the day that it is compared with."""

    kind: str
    name: str
    value: float
    warn_from: float
    block_from: float
    compared_as_of: date

    @property
    def level(self) -> str:
        """What its size, whatever its sign, amounts to."""
        size = abs(self.value)
        return BLOCK if size >= self.block_from else WARN if size >= self.warn_from else OK


@dataclass(frozen=True)
class Noted:
    """What a night found of a model: the features over the level of a block, and sentences on what is blocked."""

    model: date | None
    over: tuple[str, ...]
    blocked: str = ""


def features_tonight(card: Card, inputs: Inputs, as_of: date) -> pd.DataFrame | None:
    """The frame of tonight's inputs that has the model's features; Unfit when none has all. None: it has no features.

    The model is asked at the same time whether it may score the day at all.
    """
    wanted = {*card.window.features} if card.window else set()
    best = max(inputs.values(), key=lambda frame: len(wanted & {*frame.columns}), default=pd.DataFrame())
    card.require_fit(as_of, best.columns)
    return best if wanted else None


def feature_rows(folder: Path, card: Card, frame: pd.DataFrame, limits: Training) -> list[Row]:
    """The PSI of each feature that is a number, tonight's customers beside those of the newest training date."""
    assert card.window is not None
    rows = []
    for name, bins in read_bins(folder, card).items():
        moved = shift(bins, as_numbers(frame[name]))
        levels = (max(limits.drift_warn, moved.chance), max(limits.drift_block, moved.chance))
        rows.append(Row(FEATURE, name, moved.psi, *levels, card.window.last_as_of))
    return rows


def share_row(features: list[Row], at_birth: Noted | None, card: Card, limits: Training) -> list[Row]:
    """The share of the features that have crossed the level of a block since the model was learned."""
    if not features:
        return []
    known = {*at_birth.over} if at_birth else set()
    share = sum(row.name not in known for row in features if row.level == BLOCK) / len(features)
    return [Row(FEATURES, SHARE, share, limits.drift_share / 2, limits.drift_share, card.trained_as_of)]


def calibration_rows(backtests: pd.DataFrame, limits: Training) -> list[Row]:
    """The relative bias of each forecast on the newest night whose horizon is over."""
    rows = []
    for forecast, of_forecast in backtests.groupby("forecast", sort=True):
        newest = of_forecast[of_forecast["scored_as_of"] == of_forecast["scored_as_of"].max()]
        values = newest.sort_values("method").drop_duplicates("metric").set_index("metric")["value"]
        if "bias" in values.index:
            chance = STANDARD_ERRORS * float(values.get("bias_error", 0.0))
            levels = (max(limits.bias_warn, chance), max(limits.bias_block, chance))
            day = pd.Timestamp(newest["scored_as_of"].iloc[0]).date()
            rows.append(Row(CALIBRATION, str(forecast), float(values["bias"]), *levels, day))
    return rows


def blocked_sentence(rows: list[Row], backtests: pd.DataFrame, learned: date | None) -> str:
    """Why learning is due; empty when it is not. Of what had come by when the model was learned it has learned."""
    told = []
    for row in (row for row in rows if row.level == BLOCK):
        if row.kind == FEATURES:
            told.append(f"{row.value:.0%} of the features have crossed the level of a block")
        elif row.kind == CALIBRATION and (learned is None or _is_over(backtests, row) > learned):
            told.append(f"{row.name} of {row.compared_as_of} was {row.value:+.0%} off what came")
    return " and ".join(told)


def _is_over(backtests: pd.DataFrame, row: Row) -> date:
    of_forecast = backtests[backtests["forecast"] == row.name]
    newest = of_forecast[of_forecast["scored_as_of"] == of_forecast["scored_as_of"].max()]
    return row.compared_as_of + timedelta(days=int(newest["horizon_days"].max()))


def drift_table(rows: list[Row]) -> pd.DataFrame:
    """The rows as `ml.model_drift` has them."""
    told = [
        (row.kind, row.name, row.value, row.warn_from, row.block_from, row.level, row.compared_as_of) for row in rows
    ]
    return pd.DataFrame(told, columns=list(DRIFT_TYPES)).astype(DRIFT_TYPES)


def note(folder: Path, score: str, as_of: date, found: Noted, births: Collection[date], keep_days: int) -> None:
    """Keep what a night found, over what the same night found before.

    What is older than so many days goes, but for the nights on which a model that is kept was learned.
    """
    nights = {**_nights(folder / score / NOTED), as_of: found}
    told = {
        str(day): {"model": str(one.model) if one.model else None, "over": [*one.over], "blocked": one.blocked}
        for day, one in sorted(nights.items())
        if day in births or day + timedelta(days=keep_days) >= as_of
    }
    file = folder / score / NOTED
    file.parent.mkdir(parents=True, exist_ok=True)
    written = file.with_suffix(".new")
    written.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    written.replace(file)


def noted(folder: Path, score: str) -> Mapping[date, Noted]:
    """What nights found, by night."""
    return _nights(folder / score / NOTED)


def _nights(file: Path) -> dict[date, Noted]:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {
            date.fromisoformat(day): Noted(
                date.fromisoformat(one["model"]) if one["model"] else None, tuple(one["over"]), one["blocked"]
            )
            for day, one in told.items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError):  # damaged: nothing is known to have moved
        return {}
