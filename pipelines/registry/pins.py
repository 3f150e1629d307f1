"""Which model a person wants to score, `models/<score>/pins.jsonl`: a line for each word, the last of a day counts.

A pin counts for the last night that there was when it was set, and for those after it; so an earlier night that is
built again is scored as it was.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PINS = "pins.jsonl"


@dataclass(frozen=True)
class Pin:
    """From which night on which model scores; None lets the rule choose."""

    since: date
    model: date | None


def pinned(folder: Path, score: str, as_of: date) -> date | None:
    """The day of the model that is to score a night, when one is pinned."""
    said = [pin.model for pin in _pins(folder / score / PINS) if pin.since <= as_of]
    return said[-1] if said else None


def pin(folder: Path, score: str, since: date, model: date | None) -> None:
    """Add a line."""
    file = folder / score / PINS
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"since": str(since), "model": str(model) if model else None}) + "\n")


def _pins(file: Path) -> Iterator[Pin]:
    if not file.exists():
        return
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            said = json.loads(line)
            yield Pin(date.fromisoformat(said["since"]), date.fromisoformat(said["model"]) if said["model"] else None)
        except (ValueError, KeyError, TypeError):  # half a line of a command that was killed
            continue
