"""What a model was learned from, how good it was, and for which nights it may score. Reads no model."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from pipelines.dbt import recipe
from pipelines.folders import REPOSITORY
from pipelines.landing.changes import Knowledge
from pipelines.landing.nights import BusinessDay
from pipelines.modelling.scoring import LearnedFrom
from pipelines.registry.skill import Skill
from pipelines.settings.model import Settings

CODE = ("models", "pipelines/modelling")
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")
# settings by which nothing is learned otherwise
OF_THE_RUN = {"as_of", "keep_days", "memory_limit", "schedule", "sources", "training"}
FIRST, RECIPE, AGE, DRIFT, DAMAGE = "first", "recipe", "age", "drift", "damage"  # why a model was learned


class Unfit(ValueError):
    """A model may not score this night; the message is one line: which model, which night, why."""


@dataclass(frozen=True)
class Window:
    """What a model was given: dates from the first to the last, rows, and features where they are of as-of dates."""

    first_as_of: date
    last_as_of: date
    rows: int
    customers: int
    features: tuple[str, ...]

    @classmethod
    def of(cls, learned_from: LearnedFrom | None) -> Self | None:
        """Without how the features lay, which is kept in a file of its own."""
        if learned_from is None:
            return None
        return cls(**{name.name: getattr(learned_from, name.name) for name in fields(cls)})


@dataclass(frozen=True)
class Card:
    """The day a model was learned as of, a digest of what it was learned by, one of what had landed by then, and more.

    `cause` is why it was learned, `is_promoted` whether it took the champion's place then (as `reason` says), `window`
    what it was given, `skill` how it stood beside the best naive rule. `artefact` is the SHA-256 of its file, `beside`
    that of everything else in its folder.
    """

    score: str
    trained_as_of: date
    recipe: str
    landed: str
    cause: str = FIRST
    is_promoted: bool = True
    reason: str = ""
    window: Window | None = None
    skill: Skill | None = None
    libraries: Mapping[str, str] = field(default_factory=dict)
    artefact: str = ""
    beside: str = ""

    def age(self, day: date) -> int:
        """Days from its own to another; negative before it."""
        return (day - self.trained_as_of).days

    def serves(self, as_of: date, recipe: str, landed_by: Callable[[date], str]) -> bool:
        """Whether it may score this day: learned by then, and of what is still so.

        A night that is built again for a past day so finds the model that scored it, and none that knows more.
        """
        return self.age(as_of) >= 0 and self.recipe == recipe and self.landed == landed_by(self.trained_as_of)

    def require_fit(self, as_of: date, columns: Iterable[str]) -> None:
        """Raise Unfit unless the day comes after all that it learned from, and all its features are among `columns`."""
        name = f"the {self.score} model of {self.trained_as_of}"
        if self.age(as_of) < 0:
            raise Unfit(
                f"{name} does not score {as_of}: it learned from what was known by {self.trained_as_of}, "
                "which that day comes before"
            )
        if self.window and self.window.features and as_of <= self.window.last_as_of:
            raise Unfit(f"{name} does not score {as_of}: it learned from as-of dates up to {self.window.last_as_of}")
        features = self.window.features if self.window else ()
        if missing := sorted({*features} - {*columns}):
            raise Unfit(f"{name} does not score {as_of}: it wants {', '.join(missing)}, which the features lack")

    def to_json(self) -> str:
        """As a text that `from_json` reads."""
        return json.dumps(asdict(self), indent=2, default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote; ValueError, TypeError or KeyError when it is something else."""
        return _read(cls, json.loads(text), {"window": Window, "skill": Skill})


def _read(kind: Any, told: dict[str, Any], inner: Mapping[str, Any] | None = None) -> Any:
    values = dict(told)
    for name, value in told.items():
        if inner and name in inner and value is not None:
            values[name] = _read(inner[name], value)
        elif isinstance(value, str) and name.endswith("as_of"):
            values[name] = date.fromisoformat(value)
        elif isinstance(value, list):
            values[name] = tuple(value)
    return kind(**values)


def libraries() -> dict[str, str]:
    """The versions of what models are made with."""
    return {name: version(name) for name in LIBRARIES}


def training_recipe(settings: Settings, currency: str, reference: str) -> str:
    """A digest of what a model is made by: the tables' recipe, the code that learns, its libraries, the settings."""
    told = [
        recipe(settings, currency, reference),
        settings.model_dump_json(exclude=OF_THE_RUN),
        *(f"{name} {number}" for name, number in libraries().items()),
    ]
    digest = hashlib.sha256("\n".join(told).encode())
    for folder in CODE:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            digest.update(str(path.relative_to(REPOSITORY)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def landed_by(lake: Path, source_names: list[str], time_zone: str, day: date) -> str:
    """A digest of what was known on a day: files that land later change none, one that is withdrawn does."""
    known = Knowledge.of(lake, source_names, BusinessDay(day, time_zone)).of_its_day()
    return hashlib.sha256(known.to_json().encode()).hexdigest()
