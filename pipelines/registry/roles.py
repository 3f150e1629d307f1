"""Which of a score's models is champion on a day, which stand by and which are retired, from their cards. No files.

What a model's coming changed was decided as it was learned, by what stood then, and is on its card (`is_promoted`). So
the champion of a past day stays what it was, whatever was learned later. A pin is somebody's word: it outweighs both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipelines.registry.card import Card

CHAMPION, CHALLENGER, RETIRED = "champion", "challenger", "retired"
OLDEST = 3  # times training.every_days: no champion scores on that is older


@dataclass(frozen=True)
class Standing:
    """A model's role on a day, and the sentence that says why."""

    card: Card
    role: str
    reason: str


@dataclass(frozen=True)
class Roles:
    """Of the models that may serve a day, whichever order they come in: who is champion. `pin` names one by its day."""

    day: date
    every_days: int
    pin: date | None = None

    def champion(self, serving: Iterable[Card]) -> Card | None:
        """The pinned one, else the newest that was promoted, else, when that is too old, the newest there is."""
        cards = self._until(self.day, serving)
        return next((card for card in cards if card.trained_as_of == self.pin), None) or self.by_rule(cards, self.day)

    def by_rule(self, serving: Iterable[Card], day: date) -> Card | None:
        """The champion of a day whatever is pinned."""
        champion, newest = None, None
        for card in self._until(day, serving):
            champion, newest = self._followed(champion, newest, card), card
        return newest if champion and self.is_too_old(champion, day) else champion

    def standings(self, every: Iterable[Card], serving: Iterable[Card]) -> list[Standing]:
        """Every model that was learned by the day, newest first."""
        cards = self._until(self.day, serving)
        champion, by_rule = self.champion(cards), self.by_rule(cards, self.day)
        return [
            self._standing(card, champion, by_rule, card in cards)
            for card in sorted(every, key=lambda card: card.trained_as_of, reverse=True)
            if card.trained_as_of <= self.day
        ]

    def last_days(self, serving: Iterable[Card]) -> dict[date, date]:
        """By the day each was learned, the last that it could score while models came as these did."""
        served: dict[date, date] = {}
        champion, newest = None, None
        for card in self._until(self.day, serving):
            champion = self._followed(champion, newest, card)
            newest = card
            for one in (card, champion):
                served[one.trained_as_of] = date.fromordinal(card.trained_as_of.toordinal() + self.every_days)
        return served

    def is_too_old(self, card: Card, day: date) -> bool:
        """Whether it may be champion no longer."""
        return card.age(day) >= OLDEST * self.every_days

    def _until(self, day: date, cards: Iterable[Card]) -> list[Card]:
        return sorted((card for card in cards if card.trained_as_of <= day), key=lambda card: card.trained_as_of)

    def _followed(self, champion: Card | None, newest: Card | None, card: Card) -> Card:
        """The champion once this card is there."""
        if champion and newest and self.is_too_old(champion, card.trained_as_of):
            champion = newest
        return card if champion is None or card.is_promoted else champion

    def _standing(self, card: Card, champion: Card | None, by_rule: Card | None, is_serving: bool) -> Standing:
        if not is_serving:
            why = "Code, settings, libraries, or what had landed by then, are other ones since."
            return Standing(card, RETIRED, why)
        assert champion is not None  # one of those that serve
        assert by_rule is not None
        if card == champion:
            return Standing(card, CHAMPION, self._why_champion(card, by_rule))
        if card.trained_as_of > champion.trained_as_of:
            why = f"The champion of {champion.trained_as_of} is pinned." if champion != by_rule else card.reason
            return Standing(card, CHALLENGER, why)
        return Standing(card, RETIRED, f"The model of {champion.trained_as_of} scores in its place.")

    def _why_champion(self, card: Card, by_rule: Card) -> str:
        if card.trained_as_of == self.pin:
            by_the_rule = "" if card == by_rule else f"; by the rule the model of {by_rule.trained_as_of} would score"
            return f"Pinned by guanxi models use{by_the_rule}."
        if card.is_promoted or not card.reason:
            return card.reason or "The first model of this score."
        return f"The champion before it was more than {OLDEST * self.every_days} days old. {card.reason}"
