"""What happens while a night works, told to whoever shows it. Nothing is shown here."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Moment:
    """A step began or ended; `kind` is start, success, failure or skipped."""

    stage: str
    step: str
    kind: str


Listener = Callable[[Moment], None]
