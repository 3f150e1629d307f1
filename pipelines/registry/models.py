"""Models in files, `models/<score>/<day>/`: the model, its card, and what was made as it was learned. Decides nothing.

No file of it is code: models are written by skops, which builds nothing but the types that it is told to trust. The
card holds digests of all other files, which are looked at before any is read: a file that is cut off, or that stands in
another's place, is refused. Whoever may write the folder may write the card too: it proves care, not authorship.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pandas as pd

from models.drift import Bins
from pipelines.modelling.scoring import Scored, Trained
from pipelines.registry.artefact import write_artefact
from pipelines.registry.card import Card

CARD, MODEL, METRICS, NOTES, BINS = "card.json", "model.skops", "metrics.parquet", "notes.json", "bins.json"
TABLES, PICTURES = "tables", "pictures"
TRUSTED = ("models.", "sklearn.")  # our own classes, and those of the library that they are made with


class Damaged(ValueError):
    """A file is not the one that was kept; the message names it."""


def cards(folder: Path, score: str) -> Iterator[Card]:
    """The cards of a score's models, newest first; a folder that holds no whole model is passed over."""
    for path in sorted((folder / score).glob(f"*/{CARD}"), reverse=True):
        try:
            card = Card.from_json(path.read_text(encoding="utf-8"))
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
        if card.score == score and str(card.trained_as_of) == path.parent.name:
            yield card


def torn_cards(folder: Path, score: str) -> list[Path]:
    """The cards of a score whose text breaks off: no whole model lies beside them, or nobody knows of which."""
    return [path for path in sorted((folder / score).glob(f"*/{CARD}")) if not _is_whole(path)]


def _is_whole(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True


def keep_model(folder: Path, card: Card, trained: Trained) -> Card:
    """Write a model that was learned, over one of the same day; its card, with the digests of what was written."""
    place = _place(folder, card)
    if place.exists():
        shutil.rmtree(place)
    for part in (TABLES, PICTURES):
        (place / part).mkdir(parents=True)
    write_artefact(trained.model, place / MODEL)
    made = trained.made
    made.metrics.to_parquet(place / METRICS)
    for name, frame in made.tables.items():
        frame.to_parquet(place / TABLES / f"{name}.parquet")
    for name, picture in made.pictures.items():
        (place / PICTURES / f"{name}.png").write_bytes(picture)
    (place / NOTES).write_text(json.dumps(made.notes, ensure_ascii=False), encoding="utf-8")
    bins = trained.learned_from.bins if trained.learned_from else {}
    (place / BINS).write_text(json.dumps({name: asdict(one) for name, one in bins.items()}), encoding="utf-8")
    return keep_card(folder, replace(card, artefact=_digest([place / MODEL]), beside=_digest(_beside(place))))


def keep_card(folder: Path, card: Card) -> Card:
    """Write the card: the last of a model's files, which says that all of them are there."""
    (_place(folder, card) / CARD).write_text(card.to_json(), encoding="utf-8")
    return card


def read_model(folder: Path, card: Card) -> Trained:
    """The model of a card. ValueError when a file is not the one that was kept, or wants types that are not ours."""
    from skops.io import get_untrusted_types, load

    if why := damage(folder, card):
        raise Damaged(why)
    place = _place(folder, card)
    types = get_untrusted_types(file=place / MODEL)
    if foreign := [name for name in types if not name.startswith(TRUSTED)]:
        raise ValueError(f"{place / MODEL} wants {', '.join(foreign)}")
    return Trained(
        model=load(place / MODEL, trusted=types),
        made=Scored(
            tables={path.stem: pd.read_parquet(path) for path in sorted((place / TABLES).glob("*.parquet"))},
            metrics=pd.read_parquet(place / METRICS),
            pictures={path.stem: path.read_bytes() for path in sorted((place / PICTURES).glob("*.png"))},
            notes=json.loads((place / NOTES).read_text(encoding="utf-8")),
        ),
    )


def damage(folder: Path, card: Card) -> str | None:
    """What is wrong with a model's files; None when they are those that were kept."""
    place = _place(folder, card)
    if not (place / MODEL).is_file():
        return f"{place / MODEL} is gone"
    if _digest([place / MODEL]) != card.artefact:
        return f"{place / MODEL} is not the file that was kept: its SHA-256 is not that of the card"
    if _digest(_beside(place)) != card.beside:
        return f"the files beside {place / MODEL} are not those that were kept: their SHA-256 is another one"
    return None


def read_bins(folder: Path, card: Card) -> Mapping[str, Bins]:
    """How the features lay at the newest date that the model learned from."""
    told = json.loads((_place(folder, card) / BINS).read_text(encoding="utf-8"))
    return {name: Bins(tuple(one["edges"]), tuple(one["counts"])) for name, one in told.items()}


def forget_models(folder: Path, unwanted: Iterable[Card]) -> None:
    """Remove these models."""
    for card in unwanted:
        shutil.rmtree(_place(folder, card), ignore_errors=True)


def _place(folder: Path, card: Card) -> Path:
    return folder / card.score / str(card.trained_as_of)


def _beside(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file() and path.name not in (CARD, MODEL))


def _digest(files: Iterable[Path]) -> str:
    """SHA-256 of one file, as sha256sum prints it; of several, of their names and digests."""
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    if [*found] == [MODEL]:
        return found[MODEL]
    return hashlib.sha256(json.dumps(sorted(found.items())).encode()).hexdigest()
