"""Which rows may count otherwise than when the tables were last built, because of what landed since or of a later day.

What is made of them is dbt's business. No more is claimed than that every other row is what it was.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipelines.landing.arrivals import arrivals
from pipelines.landing.bundles import files_of
from pipelines.landing.contracts import Contract, load_contracts
from pipelines.landing.nights import BusinessDay, read_nights
from pipelines.landing.parts import Manifest, committed_parts, feed_folder
from pipelines.landing.sql import identifier, identifiers, literal, typed_union

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Arrived:
    """One landing of a part's file, as far as it decides which rows count."""

    source_name: str
    part: str
    known_on: date


@dataclass(frozen=True)
class Knowledge:
    """What a build is made from: every landing by feed, in the order in which they landed, seen from a business day."""

    as_of: BusinessDay
    landings: Mapping[str, tuple[Arrived, ...]]

    @classmethod
    def of(cls, lake: Path, source_names: list[str], as_of: BusinessDay) -> Self:
        """What is in the lake. BadInput when a part is damaged."""
        landings = {feed: tuple(_landings(lake, feed, source_names, as_of)) for feed in load_contracts()}
        return cls(as_of, landings)

    def goes_on_from(self, earlier: "Knowledge") -> bool:
        """Whether the day is the same or a later one, and all that had landed still counts as it did, in its order."""
        if self.as_of.time_zone != earlier.as_of.time_zone or self.as_of.day < earlier.as_of.day:
            return False
        if self.landings.keys() != earlier.landings.keys():
            return False
        return all(_stays(known, self.landings[feed]) for feed, known in earlier.landings.items())

    def of_its_day(self) -> Self:
        """Only what was known on the business day."""
        known = {
            feed: tuple(one for one in found if one.known_on <= self.as_of.day) for feed, found in self.landings.items()
        }
        return replace(self, landings=known)

    def to_json(self) -> str:
        """As a text that `from_json` reads."""
        told = {
            feed: [[one.source_name, one.part, str(one.known_on)] for one in found]
            for feed, found in self.landings.items()
        }
        return json.dumps({"as_of": str(self.as_of.day), "time_zone": self.as_of.time_zone, "landings": told})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote."""
        told = json.loads(text)
        landings = {
            feed: tuple(Arrived(source, part, date.fromisoformat(day)) for source, part, day in found)
            for feed, found in told["landings"].items()
        }
        return cls(BusinessDay(date.fromisoformat(told["as_of"]), told["time_zone"]), landings)


def _stays(known: tuple[Arrived, ...], landed: tuple[Arrived, ...]) -> bool:
    """Whether all that was known is among what has landed, in the same order."""
    before = set(known)
    return tuple(one for one in landed if one in before) == known


def create_changed_table(
    connection: "duckdb.DuckDBPyConnection", lake: Path, feed: Contract, earlier: Knowledge | None, now: Knowledge
) -> None:
    """Makes changed.<feed>: all versions of each row that may count otherwise now than it did; empty without `earlier`.

    Columns are those of `feed.lake_columns`. A row may when a version of it has landed since, or became known between
    the two days, or when it tells of what happened between them.
    """
    columns = identifiers(feed.lake_columns)
    connection.execute("create schema if not exists changed")
    if earlier is None:
        empty = typed_union([], feed.lake_columns)
        connection.execute(f"create or replace table changed.{identifier(feed.feed)} as {empty}")
        return
    landed = now.landings[feed.feed]
    known = set(earlier.landings[feed.feed])
    fresh = {one for one in landed if one not in known or earlier.as_of.day < one.known_on <= now.as_of.day}
    rows = typed_union(_files(lake, feed, landed), feed.lake_columns)
    key = identifiers(["source_name", *feed.key])
    begin, end = (f"cast({literal(knowledge.as_of.ends_at)} as timestamp)" for knowledge in (earlier, now))
    moments = [identifier(name) for name in (feed.version, feed.happened_at) if name]
    later = [f"select {key} from ({rows}) where {moment} >= {begin} and {moment} < {end}" for moment in moments]
    landed_since = typed_union(_files(lake, feed, fresh), feed.lake_columns)
    changed = " union ".join([f"select {key} from ({landed_since})", *later])
    connection.execute(
        f"create or replace table changed.{identifier(feed.feed)} as "
        f"select {columns} from ({rows}) semi join ({changed}) using ({key})"
    )


def _landings(lake: Path, feed: str, source_names: list[str], as_of: BusinessDay) -> list[Arrived]:
    parts: list[Manifest] = [
        manifest
        for source_name in sorted(set(source_names))
        for manifest in committed_parts(feed_folder(lake, feed, source_name))
    ]
    names = {(manifest.source_name, manifest.file_hash): manifest.part for manifest in parts}
    return [
        Arrived(one.source_name, names[one.source_name, one.file_hash], one.known_on)
        for one in arrivals(parts, read_nights(lake), as_of)
    ]


def _files(lake: Path, feed: Contract, landed: "tuple[Arrived, ...] | set[Arrived]") -> list[Path]:
    parts: dict[str, set[str]] = {}
    for one in landed:
        parts.setdefault(one.source_name, set()).add(one.part)
    folders = {source_name: feed_folder(lake, feed.feed, source_name) for source_name in sorted(parts)}
    return [file for source_name, folder in folders.items() for file in files_of(folder, sorted(parts[source_name]))]
