"""The lake as an erasure sees it: every feed of every source, with all versions of its rows. Nothing is changed."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.landing.contracts import load_contracts
from pipelines.landing.erased.landed import shelf_of
from pipelines.landing.erased.parts import Shelf
from pipelines.landing.parts import rows_path
from pipelines.landing.sources import Source
from pipelines.landing.sql import typed_union


@dataclass(frozen=True)
class Shelves:
    """A lake, and the sources whose parts lie in it."""

    lake: Path
    sources: tuple[Source, ...]

    @property
    def source_names(self) -> list[str]:
        """Their names."""
        return [source.name for source in self.sources]

    @property
    def regions(self) -> set[str]:
        """The countries whose phone numbers need no country code."""
        return {source.country for source in self.sources}

    def of(self, feed: str) -> list[Shelf]:
        """The feed's parts, source by source."""
        return [shelf_of(self.lake, source, feed) for source in self.sources]

    @property
    def every(self) -> list[Shelf]:
        """All of them that hold anything."""
        return [shelf for feed in load_contracts() for shelf in self.of(feed) if shelf.folder.is_dir()]

    def rows(self, feed: str) -> str:
        """SQL for every version of the feed's rows, each part read by itself: bundles may be of an earlier moment."""
        files = [rows_path(shelf.folder, part.part) for shelf in self.of(feed) for part in shelf.parts]
        return typed_union(files, load_contracts()[feed].lake_columns)

    @staticmethod
    def feeds_with(column: str) -> list[str]:
        """The feeds that have a column of this name."""
        return [feed for feed, contract in load_contracts().items() if column in contract.column_names]
