"""Raw tables on Spark: the versions of the same parts that DuckDB's views show. Which those are is versions' matter.

They are tables and no views, so that what was superseded is looked for once a night and not in every query.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.contracts import Contract
from pipelines.landing.lake import files_and_landings
from pipelines.landing.nights import BusinessDay
from pipelines.landing.sql import identifier, identifiers
from pipelines.landing.versions import counting_rows, superseded_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PARTS = "landed_versions"
ALL = f"select * from {PARTS}"
# The one word of these texts that Spark has not: an instant without a zone, as it is told in one.
TIME_ZONE = """
    create or replace temporary function timezone(zone string, instant timestamp) returns timestamp
    return from_utc_timestamp(instant, zone)
"""


def write_raw_table(
    session: "SparkSession", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> None:
    """Makes the table raw.<feed>, as `lake.create_raw_view` makes the view. BadInput when a part is damaged."""
    files, landings = files_and_landings(lake, feed, source_names, as_of)
    _show_parts(session, feed, files)
    counting = f"({counting_rows(ALL, feed, landings, as_of)})" if landings else PARTS
    _write(session, f"select {identifiers(feed.lake_columns)} from {counting}", f"raw.{feed.feed}")


def write_superseded_table(
    session: "SparkSession", lake: Path, feed: Contract, source_names: list[str], as_of: BusinessDay
) -> None:
    """Makes the table superseded.<feed>, as `lake.create_superseded_table` does."""
    files, landings = files_and_landings(lake, feed, source_names, as_of)
    _show_parts(session, feed, files)
    never = f"select *, cast(null as date) as known_from, cast(null as date) as known_until from {PARTS} where false"
    superseded = superseded_rows(ALL, feed, landings, as_of) if landings else never
    _write(session, superseded, f"superseded.{feed.feed}")


def _show_parts(session: "SparkSession", feed: Contract, files: list[Path]) -> None:
    """All files with exactly the lake's columns; a part taken before a column was agreed upon is empty in it."""
    session.sql(TIME_ZONE)
    kinds = {name: "string" if kind == "varchar" else kind for name, kind in feed.lake_columns.items()}
    kinds = {name: "timestamp_ntz" if kind == "timestamp" else kind for name, kind in kinds.items()}
    columns = ", ".join(f"{identifier(name)} {kind}" for name, kind in kinds.items())
    read = session.read.schema(columns).parquet(*map(str, files)) if files else session.createDataFrame([], columns)
    read.createOrReplaceTempView(PARTS)


def _write(session: "SparkSession", query: str, address: str) -> None:
    session.sql(query).write.mode("overwrite").format("parquet").saveAsTable(address)
    session.catalog.dropTempView(PARTS)
