"""Which model scores a night: one that is in use, or one that is learned then because that is due.

Everything is decided by what stood by the night's day, so that a past day that is built again is scored as it was.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Self
from zipfile import BadZipFile

import pandas as pd

from pipelines.landing.reference_tables import reference_digest
from pipelines.modelling.scoring import Inputs, Trained
from pipelines.night.shop import Shop
from pipelines.registry import drift
from pipelines.registry.card import (
    AGE,
    DAMAGE,
    DRIFT,
    FIRST,
    RECIPE,
    Card,
    Window,
    landed_by,
    libraries,
    training_recipe,
)
from pipelines.registry.models import cards, forget_models, keep_card, keep_model, read_model, torn_cards
from pipelines.registry.pins import pinned
from pipelines.registry.roles import OLDEST, Roles, Standing
from pipelines.registry.skill import skill_of
from pipelines.settings.model import Settings, Training

UNREADABLE = (OSError, ValueError, KeyError, BadZipFile)  # a damaged file costs one training


@dataclass(frozen=True)
class Due:
    """Why a model is learned: the code on its card, and a sentence."""

    cause: str
    sentence: str


@dataclass(frozen=True)
class Use:
    """The models of a data directory, seen from a night; `landed_by` tells what had landed by a day, as in `Card`.

    `limits` are the settings of training but for how often; what a person should know of a choice is `told` line by
    line.
    """

    folder: Path
    as_of: date
    every_days: int
    keep_days: int
    recipe: str
    landed_by: Callable[[date], str]
    limits: Training = field(default_factory=Training)
    told: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, shop: Shop, settings: Settings, as_of: date) -> Self:
        """The models of a shop's data directory as a night may use them."""
        return cls(
            shop.folder.models,
            as_of,
            settings.training.every_days,
            settings.keep_days,
            training_recipe(settings, shop.currency, reference_digest(shop.folder.home)),
            cache(partial(landed_by, shop.folder.lake, shop.source_names, shop.time_zone)),
            settings.training,
        )

    def model(self, score: str, train: Callable[[], Trained], headline: str | None = None) -> tuple[Trained, date]:
        """What the score has learned, and the day as of which; `headline` is the loss that models are compared by.

        A score that has nothing to learn from keeps no model, and so tries again every night.
        """
        torn, due = self._without_torn_cards(score), self.due(score)
        if torn and due and due.cause == FIRST:
            due = torn
        if due is None:
            due, trained, day = self._read(score)
            if trained is not None:
                return trained, day
        return self._learned(score, train, due, headline)

    def due(self, score: str) -> Due | None:
        """Why the score has to learn tonight; None when it has not."""
        serving = self.serving(score)
        if not serving:
            if any(card.trained_as_of <= self.as_of for card in cards(self.folder, score)):
                return Due(RECIPE, "code, settings, libraries or what had landed are other ones")
            return Due(FIRST, "there was no model")
        newest = serving[0]
        if newest.age(self.as_of) >= self.every_days:
            return Due(AGE, f"the newest was {newest.age(self.as_of)} days old")
        was_due = any(card.cause == DRIFT and card.age(self.as_of) < self.every_days for card in serving)
        blocked = [
            found.blocked
            for day, found in sorted(drift.noted(self.folder, score).items())
            if newest.trained_as_of <= day < self.as_of and found.blocked
        ]
        return Due(DRIFT, blocked[-1]) if blocked and not was_due else None

    def serving(self, score: str) -> list[Card]:
        """The models that may score the night, newest first."""
        return [card for card in cards(self.folder, score) if card.serves(self.as_of, self.recipe, self.landed_by)]

    def standings(self, score: str) -> list[Standing]:
        """Every kept model that was learned by the night, newest first, and its role then."""
        return self._roles(score).standings(cards(self.folder, score), self.serving(score))

    def champion(self, score: str) -> Card | None:
        """The model that scores the night, when none has to be learned."""
        return self._roles(score).champion(self.serving(score))

    def card(self, score: str, day: date) -> Card | None:
        """The card of the model that was learned as of a day."""
        return next((card for card in cards(self.folder, score) if card.trained_as_of == day), None)

    def look_for_drift(self, score: str, card: Card | None, inputs: Inputs, backtests: pd.DataFrame) -> pd.DataFrame:
        """What has moved since the model learned, as `ml.model_drift` has it; it is noted for the night that follows.

        Raises Unfit when the model may not score the night, or its features are not there.
        """
        rows: list[drift.Row] = []
        frame = drift.features_tonight(card, inputs, self.as_of) if card else None
        nights = drift.noted(self.folder, score)
        over: tuple[str, ...] = ()
        if card is not None and frame is not None:
            found = drift.feature_rows(self.folder, card, frame, self.limits)
            over = tuple(row.name for row in found if row.level == drift.BLOCK)
            at_birth = drift.Noted(card.trained_as_of, over) if card.age(self.as_of) == 0 else None
            at_birth = at_birth or nights.get(card.trained_as_of)
            rows = [*found, *drift.share_row(found, at_birth, card, self.limits)]
        rows += drift.calibration_rows(backtests, self.limits)
        newest = max((one.trained_as_of for one in self.serving(score)), default=None)
        blocked = drift.blocked_sentence(rows, backtests, newest)
        wanted = {one.trained_as_of for one in cards(self.folder, score)}
        found_tonight = drift.Noted(card.trained_as_of if card else None, over, blocked)
        drift.note(self.folder, score, self.as_of, found_tonight, wanted, self.keep_days + self.every_days)
        return drift.drift_table(rows)

    def _read(self, score: str) -> tuple[Due | None, Trained | None, date]:
        """The model that scores without any learning; or why there has to be some after all."""
        champion = self.champion(score)
        assert champion is not None  # something serves, or learning would be due
        self._tell_of_choice(score, champion)
        try:
            return None, read_model(self.folder, champion), champion.trained_as_of
        except UNREADABLE as problem:
            return self._damaged(champion, problem), None, self.as_of

    def _learned(
        self, score: str, train: Callable[[], Trained], due: Due | None, headline: str | None
    ) -> tuple[Trained, date]:
        assert due is not None
        before = self._roles(score).by_rule(self.serving(score), self.as_of - timedelta(days=1))
        trained = train()
        if trained.model is None:
            champion = self.champion(score)
            is_pinned = champion is not None and champion.trained_as_of == pinned(self.folder, score, self.as_of)
            _, of_pin, day = self._read(score) if is_pinned else (None, None, self.as_of)
            return of_pin or trained, day
        card = self._decided(self._card(score, trained, due, headline), due, before)
        card = keep_model(self.folder, card, trained)
        self._prune(score)
        chosen = self.champion(score) or card
        if chosen.trained_as_of != self.as_of:
            self.told.append(f"{_title(score)}: {card.reason}")
            try:
                return read_model(self.folder, chosen), chosen.trained_as_of
            except UNREADABLE as problem:
                why = self._damaged(chosen, problem)
                keep_card(self.folder, replace(card, cause=why.cause, is_promoted=True, reason=_why(why)))
        return trained, self.as_of

    def _card(self, score: str, trained: Trained, due: Due, headline: str | None) -> Card:
        return Card(
            score,
            self.as_of,
            self.recipe,
            self.landed_by(self.as_of),
            cause=due.cause,
            window=Window.of(trained.learned_from),
            skill=skill_of(trained.made.metrics, headline),
            libraries=libraries(),
        )

    def _decided(self, card: Card, due: Due, champion: Card | None) -> Card:
        """The card with what becomes of the model: it takes the champion's place unless it is clearly worse."""
        if champion is None:
            return replace(card, is_promoted=True, reason=_why(due))
        old, new, tolerance = champion.skill, card.skill, self.limits.tolerance
        place = f"the place of the champion of {champion.trained_as_of}"
        if due.cause == DAMAGE or old is None or new is None or old.metric != new.metric:
            compared = "" if due.cause == DAMAGE else ", with which it cannot be compared"
            return replace(card, is_promoted=True, reason=f"{_why(due)} It took {place}{compared}.")
        skills = f"its skill {new.skill:.3f} beside {old.skill:.3f}"
        if new.skill >= old.skill - tolerance:
            return replace(card, is_promoted=True, reason=f"{_why(due)} It took {place}: {skills}.")
        if champion.age(self.as_of) >= OLDEST * self.every_days:
            worse = f"{skills}, but that was {champion.age(self.as_of)} days old"
            return replace(card, is_promoted=True, reason=f"{_why(due)} It took {place}: {worse}.")
        worse = f"{skills} is more than {tolerance:g} less, so the champion of {champion.trained_as_of} scores on"
        return replace(card, is_promoted=False, reason=f"{_why(due)} It is a challenger: {worse}.")

    def _tell_of_choice(self, score: str, champion: Card) -> None:
        pin = pinned(self.folder, score, self.as_of)
        if pin and pin != champion.trained_as_of:
            self.told.append(
                f"{_title(score)}: the pinned model of {pin} does not serve this night (code, settings or data are "
                f"other ones, or it is gone); the model of {champion.trained_as_of} scores."
            )
        elif not pin and not champion.is_promoted:
            self.told.append(
                f"{_title(score)}: the model of {champion.trained_as_of} scores, though a challenger, because the "
                f"champion before it is {OLDEST * self.every_days} days old or more."
            )

    def _damaged(self, card: Card, problem: BaseException) -> Due:
        """The model is of no use: it is taken away, so that the night after does not stumble over it again."""
        said = " ".join(str(problem).split())
        self.told.append(f"{_title(card.score)}: the model of {card.trained_as_of} is refused and learned anew: {said}")
        forget_models(self.folder, [card])
        return Due(DAMAGE, f"the files of the model of {card.trained_as_of} were damaged")

    def _without_torn_cards(self, score: str) -> Due | None:
        """Take away the models whose cards cannot be read, and tell of each; why one is learned if none is left."""
        torn = torn_cards(self.folder, score)
        for path in torn:
            self.told.append(f"{_title(score)}: the model of {path.parent.name} is refused: {path} breaks off")
            shutil.rmtree(path.parent)
        return Due(DAMAGE, f"the card of the model of {torn[-1].parent.name} was damaged") if torn else None

    def _prune(self, score: str) -> None:
        """Remove models that score no more and that scored no night of the last `keep_days`."""
        last_days = self._roles(score).last_days(self.serving(score))
        champion, pin = self.champion(score), pinned(self.folder, score, self.as_of)
        stays = {champion.trained_as_of if champion else None, pin}
        for card in [card for card in cards(self.folder, score) if card.trained_as_of not in stays]:
            last_day = last_days.get(card.trained_as_of, card.trained_as_of + timedelta(days=self.every_days))
            if last_day + timedelta(days=self.keep_days) < self.as_of:
                forget_models(self.folder, [card])

    def _roles(self, score: str) -> Roles:
        return Roles(self.as_of, self.every_days, pinned(self.folder, score, self.as_of))


def _title(score: str) -> str:
    return score.replace("_", " ").capitalize()


def _why(due: Due) -> str:
    return f"Learned because {due.sentence}."
