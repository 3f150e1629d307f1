"""Reads CSV that holds no quote from where it lies: a delimiter is one wherever it stands. Quotes are read elsewhere.

Surely means here: every byte of the file is accounted for by the fields of its rows and by the lines of another width.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.formats.table import LandedFile
from pipelines.landing.sql import as_plain_path, identifier, identifiers, literal

if TYPE_CHECKING:
    import duckdb

ODD_WIDTHS = ["MISSING COLUMNS", "TOO MANY COLUMNS"]
KEEPING_ODD_LINES = "store_rejects = true, rejects_table = 'rejects', rejects_scan = 'rejects_scan'"
MOST_GAPS = 20  # runs of unreadable lines that rows are numbered around
PLACE = " place"  # no column of a file begins with a blank


@dataclass(frozen=True)
class Plain:
    """How the lines of a file are read: `skipped` of them are before the rows, `line_end` is as DuckDB writes it."""

    file: Path
    delimiter: str
    columns: list[str]
    skipped: int
    line_end: str
    no_value: str
    longest: int

    def scan(self, option: str) -> str:
        """SQL for its rows as they stand there."""
        kinds = ", ".join(f"{literal(name)}: 'varchar'" for name in self.columns)
        return (
            f"read_csv({literal(as_plain_path(self.file))}, columns = {{{kinds}}}, delim = {literal(self.delimiter)}, "
            f"quote = '', escape = '', header = false, auto_detect = false, skip = {self.skipped}, "
            f"new_line = '{self.line_end}', nullstr = {literal(self.no_value)}, {option})"
        )


def read_unquoted(connection: "duckdb.DuckDBPyConnection", plain: Plain, folder: Path) -> LandedFile | None:
    """The rows as our own reader would give them, or None when that is not sure."""
    connection.execute(
        f"create temp table told as select count(*) as rows, coalesce(sum(length), 0) as bytes, "
        f"coalesce(max(length), 0) as longest from (select strlen(concat({identifiers(plain.columns)})) as length "
        f"from {plain.scan(KEEPING_ODD_LINES)})"
    )
    connection.execute(
        f"create temp table odd as select distinct cast(line as bigint) - {plain.skipped} as row_number, "
        "csv_line as original, error_type from rejects"
    )
    if not _accounts_for_all(connection, plain):
        return None
    gaps = connection.execute(
        "select place, max(up_to) from (select row_number - row_number() over ordered + 1 as place, row_number() over "
        "ordered as up_to from odd window ordered as (order by row_number)) group by place order by place"
    ).fetchall()
    if len(gaps) > MOST_GAPS:
        return None
    later = " ".join(f"when {identifier(PLACE)} >= {place} then {up_to}" for place, up_to in reversed(gaps))
    number = f"{identifier(PLACE)} + case {later} else 0 end" if gaps else identifier(PLACE)
    rows = f"select *, row_number() over () as {identifier(PLACE)} from {plain.scan('ignore_errors = true')}"
    relation = f"select {identifiers(plain.columns)}, {number} as row_number from ({rows})"
    return LandedFile(relation, _write_unreadable(connection, plain, folder) if gaps else None)


def _accounts_for_all(connection: "duckdb.DuckDBPyConnection", plain: Plain) -> bool:
    [(rows, of_rows, longest)] = connection.execute("from told").fetchall()
    [(odd, lines, of_odd, longest_odd, all_are_widths)] = connection.execute(
        "select count(*), count(distinct row_number), coalesce(sum(strlen(original)), 0), coalesce(max(strlen(original)"
        f"), 0), coalesce(bool_and(list_contains({ODD_WIDTHS}, error_type)), true) from odd"
    ).fetchall()
    with plain.file.open("rb") as stream:
        before = sum(len(stream.readline()) for _ in range(plain.skipped))
        stream.seek(0, 2)
        size = stream.tell()
        stream.seek(max(size - 1, 0))
        ends = rows + odd - (stream.read() != b"\n" and rows + odd > 0)
    line_end = len(plain.line_end.replace("\\", ""))
    delimiters = rows * (len(plain.columns) - 1)
    accounted = before + of_rows + delimiters + of_odd + ends * line_end == size
    is_short = max(longest + len(plain.columns) - 1, longest_odd) <= plain.longest
    return bool(accounted and is_short and odd == lines and all_are_widths)


def _write_unreadable(connection: "duckdb.DuckDBPyConnection", plain: Plain, folder: Path) -> Path:
    """The lines of another width, as our own reader tells of them."""
    target = folder / "unreadable.parquet"
    fields = f"strlen(original) - strlen(replace(original, {literal(plain.delimiter)}, '')) + 1"
    connection.execute(
        f"copy (select row_number, original, 'the row has ' || ({fields}) || ' fields where the header has "
        f"{len(plain.columns)}' as detail from odd order by row_number) to {literal(target)} (format parquet)"
    )
    return target
