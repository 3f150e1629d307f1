"""What `guanxi models` shows and does: the models that are kept, one of them in words, and a person's word on which."""

import difflib
from dataclasses import replace

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.folders import DataFolder
from pipelines.landing.nights import read_nights
from pipelines.modelling.scoring import scores
from pipelines.night.shop import at_work, open_shop
from pipelines.problems import BadInput
from pipelines.registry.card import Card
from pipelines.registry.models import damage, torn_cards
from pipelines.registry.pins import pin, pinned
from pipelines.registry.roles import Standing
from pipelines.registry.use import Use
from pipelines.settings.reading import read_settings
from pipelines.settings.values import day_of

NEWEST = "newest"
DAMAGED, AGAIN = "damaged", "The next night that wants it takes it away, and learns anew where none is left."


def show_models(console: Console, folder: DataFolder) -> None:
    """Print every kept model with the part that it plays."""
    use = _use(folder)
    shown = Table("score", "learned", "role", "skill", "why", box=None, header_style="dim", pad_edge=False)
    for score in _learning():
        for standing in _standings(use, score):
            skill = standing.card.skill
            cells = (score, str(standing.card.trained_as_of), standing.role, f"{skill.skill:.3f}" if skill else "")
            shown.add_row(*(escape(text) for text in (*cells, standing.reason)))
        for path in torn_cards(use.folder, score):
            why = f"{path} breaks off. {AGAIN}"
            shown.add_row(*(escape(text) for text in (score, path.parent.name, DAMAGED, "", why)))
    if not shown.rows:
        console.print("No model is kept: no score has learned yet, or there was too little to learn from.")
        return
    console.print(shown, highlight=False)


def show_model(console: Console, folder: DataFolder, score: str, day: str | None) -> None:
    """Print the card of a model in words; without a day that of the champion. BadInput when there is none."""
    use = _use(folder)
    standing = _found(use, _score(score), day)
    for line in sentences(standing):
        console.print(escape(line), soft_wrap=True, highlight=False)


def use_model(console: Console, folder: DataFolder, score: str, day: str) -> None:
    """Pin a model, or let the rule choose again; BadInput when there is no such model or it could not score."""
    use = _use(folder)
    name = _score(score)
    with at_work(folder):
        if day == NEWEST:
            _let_go(console, use, name)
            return
        standing = _found(use, name, day)
        card = standing.card
        if standing.role == DAMAGED:
            raise BadInput(f"the {name} model of {card.trained_as_of} can score no more: {standing.reason}")
        if card not in use.serving(name):
            raise BadInput(
                f"the {name} model of {card.trained_as_of} can score no more: code, settings, libraries or what had "
                "landed by then are other ones since; `guanxi models` lists those that can"
            )
        pin(use.folder, name, use.as_of, card.trained_as_of)
        console.print(
            f"The {name} model of {card.trained_as_of} scores from the next night on, until "
            f"guanxi models use {name} {NEWEST}.",
            highlight=False,
        )


def sentences(standing: Standing) -> list[str]:
    """The card in words."""
    card = standing.card
    return [
        f"{card.score} of {card.trained_as_of}: {standing.role}. {standing.reason}",
        *_learned_from(card),
        *_skill(card),
        f"Made with:    {', '.join(f'{name} {number}' for name, number in card.libraries.items())}",
        f"SHA-256:      {card.artefact}  model.skops",
    ]


def _learned_from(card: Card) -> list[str]:
    if (window := card.window) is None:
        return []
    if not window.features:
        rows = f"{window.rows:,} rows of {window.customers:,} customers"
        return [f"Learned from: {rows}, {window.first_as_of} to {window.last_as_of}"]
    return [
        f"Learned from: {window.rows:,} rows of {window.customers:,} customers at as-of dates from "
        f"{window.first_as_of} to {window.last_as_of}, and what followed until {card.trained_as_of}",
        f"Features:     {', '.join(window.features)}",
    ]


def _skill(card: Card) -> list[str]:
    if (skill := card.skill) is None:
        return ["Skill:        nothing could be measured"]
    return [
        f"Skill:        {skill.skill:.3f} = 1 - {skill.metric} {skill.value:.4g} / {skill.baseline_value:.4g} of the "
        f"best naive rule, {skill.baseline}, on {skill.customers:,} customers after {skill.test_as_of}"
    ]


def _let_go(console: Console, use: Use, score: str) -> None:
    if pinned(use.folder, score, use.as_of) is None:
        console.print(f"No {score} model is pinned: the rule chooses.", highlight=False)
        return
    pin(use.folder, score, use.as_of, None)
    champion = use.champion(score)
    which = f": the model of {champion.trained_as_of}" if champion else ""
    console.print(f"The rule chooses the {score} model again{which}.", highlight=False)


def _use(folder: DataFolder) -> Use:
    """The models as the last night has left them."""
    settings = read_settings(folder)
    last = read_nights(folder.lake).last_day
    if last is None:
        raise BadInput(f"{folder.home} has had no night yet, and so no model: start with guanxi run")
    return Use.of(open_shop(folder, settings), settings, last)


def _learning() -> list[str]:
    return [name for name, score in scores().items() if score.training]


def _standings(use: Use, score: str) -> list[Standing]:
    """Every kept model, newest first; whose files are not those that were kept plays no part."""
    return [
        replace(one, role=DAMAGED, reason=f"{why[0].upper()}{why[1:]}. {AGAIN}")
        if (why := damage(use.folder, one.card))
        else one
        for one in use.standings(score)
    ]


def _score(name: str) -> str:
    if name in _learning():
        return name
    likely = difflib.get_close_matches(name, _learning(), n=1)
    guess = f"did you mean {likely[0]}?" if likely else f"known are {', '.join(_learning())}"
    raise BadInput(f"there is no score '{name}' that learns: {guess}")


def _found(use: Use, score: str, day: str | None) -> Standing:
    standings = _standings(use, score)
    if not standings:
        raise BadInput(f"no {score} model is kept: it has not learned yet, or there was too little to learn from")
    if day is None:
        return next((one for one in standings if one.role == "champion"), standings[0])
    if day == NEWEST:
        return standings[0]
    try:
        wanted = day_of(day)
    except ValueError as problem:
        raise BadInput(f"DAY: {problem}") from None
    found = next((one for one in standings if one.card.trained_as_of == wanted), None)
    if found is None:
        kept = ", ".join(str(one.card.trained_as_of) for one in standings)
        raise BadInput(f"no {score} model of {day} is kept: there are those of {kept}")
    return found
