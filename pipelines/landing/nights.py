"""Business days, and the record of the nights that ran, by which a landed file has its day. No file is read here."""

import json
import os
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from pathlib import Path
from zoneinfo import ZoneInfo

from pipelines.durable import sync


@dataclass(frozen=True)
class BusinessDay:
    """A day of the shop; `time_zone` is IANA."""

    day: date
    time_zone: str

    @property
    def ends_at(self) -> datetime:
        """The instant at which the day is over, in UTC and without a zone, as the lake keeps instants."""
        midnight = datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(self.time_zone))
        return midnight.astimezone(UTC).replace(tzinfo=None)


# As of this day everything that landed is known.
EVER = BusinessDay(date(9000, 1, 1), "UTC")


@dataclass(frozen=True)
class RecordedNight:
    """A night that ran: the business day it described, and when it had taken what it took (UTC, ISO 8601)."""

    as_of: date
    at: str


class Nights:
    """All recorded nights, in the order they ran."""

    def __init__(self, nights: list[RecordedNight]) -> None:
        self._instants = [night.at for night in nights]
        self._reached = list(accumulate((night.as_of for night in nights), max))

    @property
    def last_day(self) -> date | None:
        """The latest business day that any of them has described."""
        return self._reached[-1] if self._reached else None

    def number(self, at: str) -> int:
        """Which night took what landed at this instant: the first recorded from then on, else the one under way."""
        return bisect_left(self._instants, at)

    def is_since_the_last(self, at: str) -> bool:
        """Whether what landed at this instant has landed since the last recorded night."""
        return self.number(at) == len(self._instants)

    def landed_for(self, number: int, tonight: date) -> date:
        """The latest business day that the nights had described up to this one.

        So a past day that is built again does not make what has just landed known on that past day.
        """
        if number < len(self._reached):
            return self._reached[number]
        return max([tonight, *self._reached[-1:]])


def record_night(lake: Path, as_of: date) -> None:
    """Adds a line to <lake>/nights.jsonl, on disk when this returns; what has landed by now belongs to this night."""
    file = nights_file(lake)
    file.parent.mkdir(parents=True, exist_ok=True)
    instant = max([_now(), *(night.at for night in _recorded(file)[-1:])])  # a clock that was set back changes no order
    line = json.dumps({"as_of": as_of.isoformat(), "at": instant})
    with file.open("ab+") as stream:
        stream.seek(0, os.SEEK_END)
        size = stream.tell()
        stream.seek(max(size - 1, 0))
        is_whole = stream.read(1) in (b"\n", b"")  # else a run was killed while it wrote
        stream.write(f"{'' if is_whole else chr(10)}{line}\n".encode())
        stream.flush()
        os.fsync(stream.fileno())
    sync(file.parent)


def read_nights(lake: Path) -> Nights:
    """The recorded nights; none when there is no record."""
    return Nights(_recorded(nights_file(lake)))


def nights_file(lake: Path) -> Path:
    """Where the nights are recorded, one JSON object a line; lines are only ever added."""
    return lake / "nights.jsonl"


def _recorded(file: Path) -> list[RecordedNight]:
    if not file.exists():
        return []
    nights = (_night(line) for line in file.read_text(encoding="utf-8", errors="replace").splitlines())
    return [night for night in nights if night]


def _night(line: str) -> RecordedNight | None:
    """Nothing when the line is only half there, because its run was killed."""
    try:
        said = json.loads(line)
        return RecordedNight(date.fromisoformat(said["as_of"]), said["at"])
    except (ValueError, KeyError, TypeError):
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
