"""Writes ops.unread_inputs: everything in the landing folders that was not read. What it is, is found elsewhere."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.landed_files import Landing
from pipelines.landing.parts import Manifest, committed_parts, feed_folder
from pipelines.landing.sources import Source
from pipelines.landing.unread.files import unread_files
from pipelines.landing.unread.likeness import Unread

if TYPE_CHECKING:
    import duckdb

# `input_name` and not `name`, which is a personal column.
UNREAD_COLUMNS: dict[str, str] = {
    "source_name": "varchar",
    "kind": "varchar",
    "file_name": "varchar",
    "input_name": "varchar",
    "likely_feed": "varchar",
    "likely_column": "varchar",
    "is_required": "boolean",
    "detail": "varchar",
}


def write_unread_inputs(
    connection: "duckdb.DuckDBPyConnection", lake: Path, landed: Sequence[tuple[Source, Path]]
) -> None:
    """Makes the table ops.unread_inputs: one row per file, sheet or column that was not read.

    Files are those that lie in the landing folder tonight; of sheets and columns, those of such files. Columns that
    look like none of ours are only counted, in ops.ingested_files.
    """
    rows = [row for source, folder in landed for row in _rows(Landing(source, folder), lake)]
    columns = ", ".join(f"{name} {kind}" for name, kind in UNREAD_COLUMNS.items())
    connection.execute("create schema if not exists ops")
    connection.execute(f"create or replace table ops.unread_inputs ({columns})")
    if rows:
        marks = ", ".join("?" * len(UNREAD_COLUMNS))
        connection.executemany(f"insert into ops.unread_inputs values ({marks})", rows)


def _rows(landing: Landing, lake: Path) -> list[tuple]:
    source = landing.source
    parts = [part for feed in source.feeds for part in committed_parts(feed_folder(lake, feed, source.name))]
    files = [_row(source, unread.name, unread) for unread in unread_files(landing, {part.file_hash for part in parts})]
    newest = _newest(parts)
    within = [
        _row(source, part.file_name, unread)
        for part in newest
        if (landing.data_folder / part.file_name).exists()
        for unread in part.unread
    ]
    return files + list(dict.fromkeys(within))  # two feeds may read one workbook


def _newest(parts: list[Manifest]) -> list[Manifest]:
    """The last content of each file; committed parts come in the order they landed."""
    return list({(part.feed, part.file_name): part for part in parts}.values())


def _row(source: Source, file_name: str, unread: Unread) -> tuple:
    told = (unread.name, unread.likely_feed, unread.likely_column, unread.is_required, unread.detail)
    return source.name, unread.kind, file_name, *told
