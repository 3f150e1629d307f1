"""Which columns and sheets of a file were not read. Which files were not is told in files.py."""

import json
from typing import Any

from pipelines.landing.refining.feed_file import FeedFile
from pipelines.landing.selects import SELECTED
from pipelines.landing.sql import identifier
from pipelines.landing.unread.inputs import feed_meant
from pipelines.landing.unread.likeness import Unread, is_required_feed, likely, plain


def unread_within(file: FeedFile) -> tuple[list[Unread], int]:
    """The sheets of the file that were not read and its unread columns that look like ours; the count of all columns.

    A column looks like ours when its name resembles a column of the contract that came out empty.
    """
    first = file.source.feeds[file.contract.feed].reads[0]
    described = file.connection.execute(f"describe main.{identifier(first)}").fetchall()
    header = [name for name, *_ in described if name != "row_number"]
    used = _columns_used(file)
    columns = [name for name in header if name.casefold() not in used]
    missed = _empty_columns(file) if columns else []
    alike = [(name, likely(name, missed)) for name in columns]
    found = [_column(file, name, match) for name, match in alike if match is not None]
    return [*_unread_sheets(file, header), *found], len(columns)


def _columns_used(file: FeedFile) -> set[str]:
    """Names of the columns that DuckDB takes from the inputs for the feed's select, in lower case."""
    # A filter that is pushed into the scan would hide the columns that are only compared.
    file.connection.execute("set disabled_optimizers = 'filter_pushdown'")
    try:
        plan = file.connection.execute(f"explain (format json) select * from {SELECTED}").fetchall()[0][1]
    finally:
        file.connection.execute("set disabled_optimizers = ''")
    return {name.casefold() for node in json.loads(plan) for name in _scanned(node)}


def _scanned(node: dict[str, Any]) -> list[str]:
    if node["children"]:
        return [name for child in node["children"] for name in _scanned(child)]
    names = node["extra_info"].get("Projections", [])
    return [names] if isinstance(names, str) else names


def _empty_columns(file: FeedFile) -> list[str]:
    """Columns of the contract that the select does not deliver, or that are empty in every record."""
    names = file.contract.column_names
    counts = file.ask(f"select {', '.join(f'count({identifier(name)})' for name in names)} from {file.records}")
    return [name for name, count in zip(names, counts, strict=True) if name not in file.types or not count]


def _column(file: FeedFile, name: str, match: str) -> Unread:
    is_required = next(column.is_required for column in file.contract.columns if column.name == match)
    detail = f"looks like {match}, which came out empty: rename the column to {match}, or name it in the select"
    return Unread(
        kind="column",
        name=name,
        likely_feed=file.contract.feed,
        likely_column=match,
        is_required=is_required,
        detail=detail,
    )


def _unread_sheets(file: FeedFile, header: list[str]) -> list[Unread]:
    first = {plain(name) for name in header}
    unread = []
    for sheet in file.landed.unread_sheets:
        has_our_header = bool(first) and {plain(name) for name in sheet.header if name} == first
        feed = file.contract.feed if has_our_header else feed_meant(sheet.name, file.source)
        detail = "only the first sheet of a workbook is read: save this one as a file of its own"
        if feed:
            detail = f"looks like feed {feed}, but {detail}, or delete it"
        unread.append(
            Unread(kind="sheet", name=sheet.name, likely_feed=feed, is_required=is_required_feed(feed), detail=detail)
        )
    return unread
