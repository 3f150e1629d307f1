"""When each landed file became known, and which of two files is the newer one. Their rows are not looked at here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from pipelines.landing.nights import BusinessDay, Nights
from pipelines.landing.parts import Manifest

# Endings that say how a file is written and not which one it is.
ENDINGS = {".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx", ".gz", ".zip"}
DATES = re.compile(
    r"(?<!\d)(?:(?P<year>\d{4})(?P<mark>[-_.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"
    r"|(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?(?!\d)"
    r"|(?P<nian>\d{4})年(?P<yue>\d{1,2})月(?P<ri>\d{1,2})日)"
)


@dataclass(frozen=True)
class Arrival:
    """One landing of a part's file, by the night of the day `landed_for`. Of two, the higher `place` landed later."""

    source_name: str
    file_hash: str
    known_on: date
    place: int
    landed_for: date


def arrivals(parts: list[Manifest], nights: Nights, as_of: BusinessDay) -> list[Arrival]:
    """Every landing of these parts, the earliest first.

    Files of different nights go by night. Files that landed together go by the date in their name (without one: the
    night's), then by name, in which digits count as numbers; a file that was landed anew under its name comes last.
    """
    first_contents = _first_contents(parts)
    found = []
    for part, instant in _landings(parts):
        number = nights.number(instant)
        landed_for = nights.landed_for(number, as_of.day)
        own_date = date_in_name(part.file_name, _day(instant, "UTC") + timedelta(days=1)) or landed_for
        is_first = first_contents[part.source_name, part.file_name] == instant
        known_on = _known_on(part, min(landed_for, own_date) if is_first else landed_for, as_of.time_zone)
        order = (number, own_date, natural_order(part.file_name), part.file_name, instant, part.part)
        found.append((order, part, known_on, landed_for))
    found.sort(key=lambda one: one[0])
    return [
        Arrival(part.source_name, part.file_hash, known_on, place, landed_for)
        for place, (_, part, known_on, landed_for) in enumerate(found)
    ]


def _landings(parts: list[Manifest]) -> Iterator[tuple[Manifest, str]]:
    for part in parts:
        for instant in (*part.landed_before, part.ingested_at):
            yield part, instant


def _first_contents(parts: list[Manifest]) -> dict[tuple[str, str], str]:
    """When a file of each name landed first: other content under the same name is a correction, known when it came."""
    first: dict[tuple[str, str], str] = {}
    for part, instant in _landings(parts):
        name = (part.source_name, part.file_name)
        first[name] = min(first.get(name, instant), instant)
    return first


def _known_on(part: Manifest, day: date, time_zone: str) -> date:
    """This day, unless the file tells of later ones: nobody can have known it before its newest row had happened."""
    if part.newest_row_at is None:
        return day
    newest = _day(part.newest_row_at, time_zone)
    return newest if newest > day + timedelta(days=1) else day  # the export may run some hours into the next day


def _day(instant: str, time_zone: str) -> date:
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(time_zone)).date()


def date_in_name(name: str, today: date) -> date | None:
    """The latest date from 1990 to `today` that a file's name holds.

    Examples: 2026-05-31, 2026_5_31, 2026.05.31, 20260531, 202605311200, 2026年5月31日. Nothing when it holds none.
    """
    found = (_date(match) for match in DATES.finditer(name))
    return max((day for day in found if day and date(1990, 1, 1) <= day <= today), default=None)


def _date(match: re.Match[str]) -> date | None:
    year, month, day = (int(text) for name, text in match.groupdict().items() if text and name != "mark")
    try:
        return date(year, month, day)
    except ValueError:
        return None


def natural_order(name: str) -> tuple[str | int, ...]:
    """A key by which order_items-9 comes before order_items-10 and orders before orders-corrected."""
    stem = PurePosixPath(name.casefold())
    while stem.suffix in ENDINGS:
        stem = stem.with_suffix("")
    pieces = re.split(r"([0-9]+)", str(stem))  # text and digits take turns
    return tuple(int(piece) if number % 2 else piece for number, piece in enumerate(pieces))
