"""What each step of a watched program took, from the moments that it told and the memory that was seen."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whole_job.measuring import Watched

START = "starting Python"
BETWEEN = "between steps"


@dataclass
class Step:
    """Times and the highest memory of all stretches in which the program was at this step."""

    stage: str
    step: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_bytes: int | None = None


def read_moments(file: Path) -> list[dict[str, Any]]:
    """The moments that a process wrote, in their order."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def steps_of(moments: list[dict[str, Any]], watched: Watched) -> list[Step]:
    """The steps in the order in which they began; what passes between the end of one and the next is one of its own.

    Together they are the whole program. It counts the processor seconds of a child when it has waited for it, so a step
    must wait for its children.
    """
    began = {"stage": START, "step": "", "kind": "start", "at": watched.began, "cpu_seconds": 0.0}
    ended = {"at": watched.began + watched.seconds, "cpu_seconds": watched.cpu_seconds}
    told = [began, *moments]
    found: dict[tuple[str, str], Step] = {}
    for moment, following in zip(told, [*moments, ended], strict=True):
        name = (moment["stage"], moment["step"]) if moment["kind"] == "start" else (BETWEEN, "")
        step = found.setdefault(name, Step(*name))
        step.seconds += following["at"] - moment["at"]
        step.cpu_seconds += following["cpu_seconds"] - moment["cpu_seconds"]
        held = [bytes_ for at, bytes_ in watched.memory if moment["at"] <= at < following["at"]]
        step.peak_bytes = max([*held, *([step.peak_bytes] if step.peak_bytes else [])], default=None)
    return list(found.values())
