"""Which model scores a night: one that is in use, or one that is learned then because that is due."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zipfile import BadZipFile

from pipelines.modelling.scoring import Trained
from pipelines.registry.card import Card
from pipelines.registry.models import cards, keep_model, read_model

UNREADABLE = (OSError, ValueError, KeyError, BadZipFile)  # a damaged file costs one training


@dataclass(frozen=True)
class Use:
    """The models of a data directory, seen from a night; `landed_by` tells what had landed by a day, as in `Card`."""

    folder: Path
    as_of: date
    every_days: int
    keep_days: int
    recipe: str
    landed_by: Callable[[date], str]

    def model(self, score: str, train: Callable[[], Trained]) -> tuple[Trained, date]:
        """What the score has learned, and the day as of which.

        A score that has nothing to learn from keeps no model, and so tries again every night.
        """
        for card in cards(self.folder, score):
            if card.may_score(self.as_of, self.every_days, self.recipe, self.landed_by):
                with suppress(*UNREADABLE):
                    return read_model(self.folder, card), card.trained_as_of
        trained = train()
        if trained.model is not None:
            card = Card(score, self.as_of, self.recipe, self.landed_by(self.as_of))
            keep_model(self.folder, card, trained, self.keep_days + self.every_days)
        return trained, self.as_of
