"""Models in files, `models/<score>/<day>/`: the model, its card, and what was made as it was learned. Decides nothing.

No file of it is code: models are written by skops, which builds nothing but the types that it is told to trust.
"""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd

from pipelines.modelling.scoring import Scored, Trained
from pipelines.registry.card import Card

CARD, MODEL, METRICS, NOTES = "card.json", "model.skops", "metrics.parquet", "notes.json"
TABLES, PICTURES = "tables", "pictures"
TRUSTED = ("models.", "sklearn.")  # our own classes, and those of the library that they are made with


def cards(folder: Path, score: str) -> Iterator[Card]:
    """The cards of a score's models, newest first; a folder that holds no whole model is passed over."""
    for path in sorted((folder / score).glob(f"*/{CARD}"), reverse=True):
        try:
            yield Card.from_json(path.read_text(encoding="utf-8"))
        except (ValueError, TypeError, KeyError):
            continue


def keep_model(folder: Path, card: Card, trained: Trained, keep_days: int) -> None:
    """Write a model that was learned, over one of the same day; older ones go that many days after it was learned."""
    from skops.io import dump

    place = _place(folder, card)
    if place.exists():
        shutil.rmtree(place)
    for part in (TABLES, PICTURES):
        (place / part).mkdir(parents=True)
    dump(trained.model, place / MODEL)
    made = trained.made
    made.metrics.to_parquet(place / METRICS)
    for name, frame in made.tables.items():
        frame.to_parquet(place / TABLES / f"{name}.parquet")
    for name, picture in made.pictures.items():
        (place / PICTURES / f"{name}.png").write_bytes(picture)
    (place / NOTES).write_text(json.dumps(made.notes, ensure_ascii=False), encoding="utf-8")
    (place / CARD).write_text(card.to_json(), encoding="utf-8")  # the last: it says that all is there
    for old in cards(folder, card.score):
        if old.trained_as_of + timedelta(days=keep_days) < card.trained_as_of:
            shutil.rmtree(_place(folder, old))


def read_model(folder: Path, card: Card) -> Trained:
    """The model of a card. ValueError when its file is damaged, or wants types that are not ours."""
    from skops.io import get_untrusted_types, load

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


def _place(folder: Path, card: Card) -> Path:
    return folder / card.score / str(card.trained_as_of)
