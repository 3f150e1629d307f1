"""What one run works on: which sources, from which folders, as of which day; checked before anything is touched."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from filelock import FileLock, Timeout

from pipelines.folders import DataFolder
from pipelines.landing.contracts import load_contracts
from pipelines.landing.lake import create_ops_tables, create_raw_view
from pipelines.landing.landed_files import Landing
from pipelines.landing.reference_tables import first_rates
from pipelines.landing.sources import Source, known_sources, load_source
from pipelines.night.one_shop import require_this_shop, sources_in_lake
from pipelines.problems import BadInput
from pipelines.settings.model import Settings
from pipelines.settings.shop_file import recorded_sources, write_shop_file

LOCK_SECONDS = 2  # whoever only looks whether a run is at work holds the lock for less
FIRST_SHOP = "sample"  # whose files a data directory holds that nobody has named a shop for
TRUTH = "truth"  # the folder in which an invented shop tells what no real one knows of itself
WRITABLE = "choose another with --data-dir or GUANXI_DATA_DIR, or mend its rights or its disk"


@dataclass(frozen=True)
class LandedSource:
    """A shop system and the folder where its files lie."""

    source: Source
    folder: Path


@dataclass(frozen=True)
class Shop:
    """The sources of one shop, in one currency and one time zone, and the folder that the run works in.

    `recorded` are the folders of files by source that `shop.yml` has; none before the first run.
    """

    folder: DataFolder
    sources: list[LandedSource]
    recorded: dict[str, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether the data directory is nobody's yet: no run has recorded its shop or left anything in its lake."""
        return not self.recorded and not sources_in_lake(self.folder.lake)

    def is_invented(self, landed: LandedSource) -> bool:
        """Whether nobody exported these files: they lie in the data directory itself, the truth about them beside."""
        return landed.folder == self.folder.landing / landed.source.name and (landed.folder / TRUTH).is_dir()

    @property
    def source_names(self) -> list[str]:
        """Names of the sources, as `source_name` in every table."""
        return [landed.source.name for landed in self.sources]

    @property
    def time_zone(self) -> str:
        """IANA name of the zone in which the shop's business days begin and end."""
        return self.sources[0].source.time_zone

    @property
    def currency(self) -> str:
        """ISO 4217 code of all money."""
        return self.sources[0].source.currency


@dataclass(frozen=True)
class Night:
    """The one row of `ops.night`: what every table of the build describes."""

    as_of_date: date
    time_zone: str
    currency: str
    source_names: str


def open_shop(folder: DataFolder, settings: Settings) -> Shop:
    """The shop of a data directory: the sources of its settings, or on the first run the sample shop.

    A source is a name or a folder of SQL; without a folder of files it has the one that is recorded, or
    `<data_dir>/landing/<name>`. Nothing is recorded here: that is `record_shop`'s.

    Raises
    ------
    BadInput
        Unknown source; sources of different currency or time zone; the data directory of another shop.
    """
    recorded = recorded_sources(folder)
    chosen = settings.sources or _first_shop(folder)
    rates = first_rates(folder.home)
    landed = [
        LandedSource(
            source.with_rates(rates), folder.home / Path(path).expanduser() if path else folder.landing / source.name
        )
        for source, path in ((load_source(name), path or recorded.get(name, "")) for name, path in chosen.items())
    ]
    _require_different(landed)
    for what in ("currency", "time_zone"):
        values = {getattr(one.source, what) for one in landed}
        if len(values) > 1:
            raise BadInput(
                f"sources {', '.join(chosen)} differ in {what} ({', '.join(sorted(values))}): "
                f"run them into data directories of their own (--data-dir)"
            )
    shop = Shop(folder, landed, recorded)
    known = {load_source(name).name for name in recorded} or sources_in_lake(folder.lake)
    require_this_shop(
        folder, known, set(shop.source_names), {one.source.name for one in landed if shop.is_invented(one)}
    )
    _require_told(shop, settings)
    return shop


def record_shop(shop: Shop) -> None:
    """Write `shop.yml`; to be called when the shop is known to be usable, before its first run is recorded."""
    built_in = set(known_sources())
    sources: dict[str, str | None] = {
        one.source.name if one.source.name in built_in else str(one.source.folder): (
            None if one.folder == shop.folder.landing / one.source.name else str(one.folder)
        )
        for one in shop.sources
    }
    write_shop_file(shop.folder, {"sources": sources, "time_zone": shop.time_zone, "currency": shop.currency})


def _require_told(shop: Shop, settings: Settings) -> None:
    """Zone and currency are the source's to tell: whoever wants another would get wrong days and sums."""
    for what in ("time_zone", "currency"):
        wanted, told = getattr(settings, what), getattr(shop, what)
        if wanted not in (None, told):
            raise BadInput(
                f"{shop.folder.shop_file}, {what}: '{wanted}' is not that of {', '.join(shop.source_names)}, {told}: "
                f"write {told} there (or, for a source of your own, change its source.yml)"
            )


def _first_shop(folder: DataFolder) -> dict[str, str]:
    """The sample shop, unless the lake says that the data directory is somebody else's, whose folder nobody knows."""
    taken = sources_in_lake(folder.lake)
    if taken - {FIRST_SHOP} or (taken and not (folder.landing / FIRST_SHOP).is_dir()):
        raise BadInput(
            f"{folder.home} holds the lake of {', '.join(sorted(taken))} and no {folder.shop_file.name} yet: "
            f"name the shop once, e.g. --source {min(taken)}=FOLDER_OF_FILES"
        )
    return {FIRST_SHOP: ""}


def _require_different(landed: list[LandedSource]) -> None:
    names = [one.source.name for one in landed]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(
                f"two sources are called {name}, and their rows would be mixed: give one another name in its source.yml"
            )


@contextmanager
def at_work(folder: DataFolder) -> Iterator[None]:
    """Hold the data directory's lock meanwhile; BadInput when another run does, or when nothing can be written there.

    A killed run's lock is free at once. A run that already holds it may ask again.
    """
    try:
        folder.home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.home / ".lock", timeout=LOCK_SECONDS, mode=0o600, is_singleton=True, thread_local=False)
        lock.acquire()
    except Timeout:
        raise BadInput(
            f"another run is at work in {folder.home}: wait for its end, or use another --data-dir"
        ) from None
    except OSError as problem:
        raise BadInput(f"data directory {folder.home} cannot be written ({problem.strerror}): {WRITABLE}") from None
    try:
        yield
    finally:
        lock.release()


def require_files(shop: Shop) -> None:
    """Raise BadInput, in a second and not after the start-up, when a source's folder is absent or empty."""
    for landed in shop.sources:
        if shop.is_new and landed.folder == shop.folder.landing / FIRST_SHOP and not holds_anything(landed.folder):
            raise BadInput(
                f"{shop.folder.home} holds no shop yet: start with guanxi run, which writes an invented one where no "
                f"--source is named, or put files that guanxi sample has made, or your own, into {landed.folder}"
            )
        Landing(landed.source, landed.folder)


def holds_anything(folder: Path) -> bool:
    """Whether there is such a folder, and something in it."""
    return folder.is_dir() and any(folder.iterdir())


def decide_as_of(connection: duckdb.DuckDBPyConnection, shop: Shop, requested: date | None) -> date:
    """The business day that this build describes: the one asked for, else the last one that the landed orders reach.

    Orders of an unfinished day, or dated in the future, do not move the clock. `connection` gets the view `raw.orders`.

    Raises
    ------
    BadInput
        When no order was placed up to that day.
    """
    create_raw_view(connection, shop.folder.lake, load_contracts()["orders"], shop.source_names)
    yesterday = datetime.now(ZoneInfo(shop.time_zone)).date() - timedelta(days=1)
    [(first, last)] = connection.execute(
        "select min(day), max(day) filter (where day <= ?) from ("
        " select cast(timezone(?, timezone('UTC', ordered_at)) as date) as day from raw.orders)",
        [yesterday, shop.time_zone],
    ).fetchall()
    if first is None:
        raise BadInput(
            f"the landed files of {', '.join(shop.source_names)} hold no order that can be read: "
            f"{_reasons(connection, shop)}"
        )
    as_of = requested or last
    if as_of is not None and as_of > yesterday + timedelta(days=1):
        raise BadInput(f"as-of {as_of} lies in the future: choose a day that has begun, {yesterday} for instance")
    if as_of is None or as_of < first:
        raise BadInput(f"as-of {as_of or yesterday} lies before the first order ({first}): choose a later --as-of")
    return as_of


def _reasons(connection: duckdb.DuckDBPyConnection, shop: Shop) -> str:
    """Why the orders were refused: without a build there is no table to look that up in."""
    create_ops_tables(connection, shop.folder.lake, shop.source_names)
    found = connection.execute("""
        select file_name, reason, coalesce(column_name, '') as column_name, count(*) as row_count
        from ops.quarantined_rows where feed = 'orders' group by all
        order by row_count desc, file_name, reason, column_name limit 3
    """).fetchall()
    told = [f"{count:,} rows of {name} are {reason} {column}".strip() for name, reason, column, count in found]
    return "; ".join(told) or "its files have no rows"


def write_night(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Make `ops.night` hold this one row."""
    connection.execute(
        "create or replace table ops.night as select cast(? as date) as as_of_date, cast(? as varchar) as time_zone,"
        " cast(? as varchar) as currency, cast(? as varchar) as source_names",
        [night.as_of_date, night.time_zone, night.currency, night.source_names],
    )


def read_night(connection: duckdb.DuckDBPyConnection) -> Night:
    """The row of `ops.night`."""
    [row] = connection.execute("select as_of_date, time_zone, currency, source_names from ops.night").fetchall()
    return Night(*row)
