"""What a model was learned from, and so for which nights it may score. Reads no model."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Self

from pipelines.dbt import recipe
from pipelines.folders import REPOSITORY
from pipelines.landing.changes import Knowledge
from pipelines.landing.nights import BusinessDay
from pipelines.settings.model import Settings

CODE = ("models", "pipelines/modelling")
LIBRARIES = ("numpy", "pandas", "scikit-learn", "scipy", "skops")
# settings by which nothing is learned otherwise
OF_THE_RUN = {"as_of", "keep_days", "memory_limit", "schedule", "sources", "training"}


@dataclass(frozen=True)
class Card:
    """The day a model was learned as of, a digest of what it was learned by, and one of what had landed by then."""

    score: str
    trained_as_of: date
    recipe: str
    landed: str

    def may_score(self, as_of: date, every_days: int, recipe: str, landed_by: Callable[[date], str]) -> bool:
        """Whether the model serves this day: learned by then, not due again, and of what is still so.

        A night that is built again for a past day so finds the model that scored it, and none that knows more.
        """
        age = (as_of - self.trained_as_of).days
        return 0 <= age < every_days and self.recipe == recipe and self.landed == landed_by(self.trained_as_of)

    def to_json(self) -> str:
        """As a text that `from_json` reads."""
        return json.dumps(asdict(self) | {"trained_as_of": str(self.trained_as_of)}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote; ValueError, TypeError or KeyError when it is something else."""
        told = json.loads(text)
        return cls(**{**told, "trained_as_of": date.fromisoformat(told["trained_as_of"])})


def training_recipe(settings: Settings, currency: str, reference: str) -> str:
    """A digest of what a model is made by: the tables' recipe, the code that learns, its libraries, the settings."""
    told = [
        recipe(settings, currency, reference),
        settings.model_dump_json(exclude=OF_THE_RUN),
        *(f"{name} {version(name)}" for name in LIBRARIES),
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
