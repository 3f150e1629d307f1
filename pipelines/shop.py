"""What one run works on: which sources, from which folders, as of which day; checked before anything is touched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

from pipelines.landing.ingest import Landing
from pipelines.landing.sources import Source, load_source
from pipelines.problems import BadInput
from pipelines.settings import DataFolder


@dataclass(frozen=True)
class LandedSource:
    """A shop system and the folder where its files lie."""

    source: Source
    folder: Path


@dataclass(frozen=True)
class Shop:
    """The sources of one shop, in one currency and one time zone, and the folder that the run works in."""

    folder: DataFolder
    sources: list[LandedSource]

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


def open_shop(data_dir: Path, sources: dict[str, str]) -> Shop:
    """The shop of these sources (name or folder of SQL -> folder of files; empty means `<data_dir>/landing/<name>`).

    Raises
    ------
    BadInput
        Unknown source; sources of different currency or time zone; a data directory that cannot be written.
    """
    folder = DataFolder(data_dir)
    landed = [
        LandedSource(source, Path(path) if path else folder.landing / source.name)
        for source, path in ((load_source(name), path) for name, path in sources.items())
    ]
    _require_different(landed)
    for what in ("currency", "time_zone"):
        values = {getattr(one.source, what) for one in landed}
        if len(values) > 1:
            raise BadInput(
                f"sources {', '.join(sources)} differ in {what} ({', '.join(sorted(values))}): "
                f"run them into data directories of their own (--data-dir)"
            )
    _require_writable(data_dir)
    return Shop(folder, landed)


def _require_different(landed: list[LandedSource]) -> None:
    names = [one.source.name for one in landed]
    for name in names:
        if names.count(name) > 1:
            raise BadInput(
                f"two sources are called {name}, and their rows would be mixed: give one another name in its source.yml"
            )


@contextmanager
def at_work(shop: Shop) -> Iterator[None]:
    """Hold the data directory's lock meanwhile; BadInput when another run does. A killed run's lock is free at once."""
    home = shop.folder.home
    try:
        with FileLock(home / ".lock", blocking=False):
            yield
    except Timeout:
        raise BadInput(f"another run is at work in {home}: wait for its end, or use another --data-dir") from None


def require_nobody_at_work(shop: Shop) -> None:
    """Raise BadInput, at once and not after the start-up, when another run is at work in the data directory."""
    with at_work(shop):
        return


def require_files(shop: Shop) -> None:
    """Raise BadInput, in a second and not after the start-up, when a source's folder is absent or empty."""
    for landed in shop.sources:
        Landing(landed.source, landed.folder)


def _require_writable(data_dir: Path) -> None:
    mend = "choose another with --data-dir or GUANXI_DATA_DIR"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        raise BadInput(f"data directory {data_dir} cannot be written ({problem.strerror}): {mend}") from problem


def read_as_of(text: str) -> date:
    """The date that an ISO text names."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"as-of {text!r} is no date: write it as YYYY-MM-DD") from None


def decide_as_of(
    connection: duckdb.DuckDBPyConnection, requested: date | None, time_zone: str, yesterday: date
) -> date:
    """The business day that this build describes: the one asked for, else the last one that the landed orders reach.

    Parameters
    ----------
    connection
        Open on the build warehouse, with the view `raw.orders`.
    requested
        What the user asked for.
    yesterday
        The last business day that is over; orders of an unfinished day, or dated in the future, do not move the clock.

    Raises
    ------
    BadInput
        When no order was placed up to that day.
    """
    [(first, last)] = connection.execute(
        "select min(day), max(day) filter (where day <= ?) from ("
        " select cast(timezone(?, timezone('UTC', ordered_at)) as date) as day from raw.orders)",
        [yesterday, time_zone],
    ).fetchall()
    if first is None:
        raise BadInput("the landed files hold no order that can be read: look at ops.quarantined_rows for the reasons")
    as_of = requested or last
    if as_of is not None and as_of > yesterday + timedelta(days=1):
        raise BadInput(f"as-of {as_of} lies in the future: choose a day that has begun, {yesterday} for instance")
    if as_of is None or as_of < first:
        raise BadInput(f"as-of {as_of or yesterday} lies before the first order ({first}): choose a later --as-of")
    return as_of


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
