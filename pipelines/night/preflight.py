"""What is found out before a run is recorded: whose shop it is, that nobody is at work, that what landed can be used.

The files are taken into the lake here, which a run does not repeat: a file that cannot be used is so told at once, and
leaves no red run behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from pipelines.erasure.steps import complete
from pipelines.folders import DataFolder
from pipelines.landing.contracts import load_contracts
from pipelines.landing.ingest import ingest_feed
from pipelines.landing.reference_tables import check_reference_tables
from pipelines.landing.side_by_side import side_by_side
from pipelines.night.erasing import erase_what_is_asked, erased_in, ground_of
from pipelines.night.moments import Listener, Moment
from pipelines.night.shop import Shop, at_work, decide_as_of, open_shop, record_shop, require_files
from pipelines.problems import BadInput
from pipelines.settings.model import Settings
from pipelines.warehouse.spark_session import require_spark

STAGE = "reading files"
AT_ONCE = 2  # feeds, each with its quarter of the memory


@dataclass(frozen=True)
class Checked:
    """A shop whose files are in the lake, and the business day that its run is to describe."""

    shop: Shop
    as_of: date

    @property
    def notes(self) -> list[str]:
        """What a person should know of the shop before they trust the night."""
        before = self.shop.recorded
        return [
            f"The files of {landed.source.name} are now taken from {landed.folder}, before from {before[name]}; if "
            "that is another shop, its customers are mixed with this one's: give it a --data-dir of its own."
            for landed in self.shop.sources
            for name in (landed.source.name, str(landed.source.folder))
            if before.get(name) and self.shop.folder.home / Path(before[name]).expanduser() != landed.folder
        ]


@contextmanager
def checked(folder: DataFolder, settings: Settings, on_moment: Listener) -> Iterator[Checked]:
    """The shop, while the data directory is held for its run; raises BadInput."""
    shop = open_shop(folder, settings)
    if settings.target == "spark":
        require_spark()
    with at_work(folder):
        on_moment(Moment(STAGE, "landing files", "start"))
        require_files(shop)
        check_reference_tables(folder.home)
        ground = ground_of(shop, settings)
        complete(ground)
        _take_files(shop, settings.ingestion_memory, on_moment)
        erase_what_is_asked(ground)  # what it could not do the run itself notes
        record_shop(shop)
        with duckdb.connect() as connection:
            as_of = decide_as_of(connection, shop, settings.as_of)
        yield Checked(shop, as_of)


def _take_files(shop: Shop, memory_limit: str, on_moment: Listener) -> None:
    """Two feeds at a time, which use the cores better; told, and refused, as if each had waited for the one before."""
    feeds = list(load_contracts())
    with side_by_side([partial(_take_feed, shop, feed, memory_limit) for feed in feeds], AT_ONCE) as taken:
        for feed, end in zip(feeds, taken, strict=True):
            on_moment(Moment(STAGE, feed, "start"))
            end.result()
            on_moment(Moment(STAGE, feed, "success"))


def _take_feed(shop: Shop, feed: str, memory_limit: str) -> None:
    try:
        for landed in shop.sources:
            ingest_feed(landed.source, landed.folder, feed, shop.folder.lake, memory_limit, erased_in(shop.folder))
    except OSError as problem:
        where = problem.filename or shop.folder.lake
        raise BadInput(
            f"{where} cannot be used ({problem.strerror}): mend its rights or free some disk, then run again"
        ) from None
