"""Reads CSV by DuckDB where it surely gives what our own reader gives; elsewhere it gives nothing. No encoding here.

Surely means: each line of the file is quoted by the rules, if it holds a quote at all, so that no row goes over several
lines and what a line says is told by itself.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.delimiters import DELIMITERS, Layout
from pipelines.landing.formats.table import LandedFile
from pipelines.landing.formats.unquoted import Plain, read_unquoted
from pipelines.landing.sql import as_plain_path, identifier, identifiers, literal, open_connection, paths

if TYPE_CHECKING:
    import duckdb

SMALLEST = 1 << 20  # bytes; a smaller file our own reader has read before a connection is open
CHUNK_BYTES = 1 << 24
MOST_COLUMNS = 500  # a regular expression counts to a thousand
LONGEST = 100_000  # bytes of a line; csv refuses fields of 131,072 characters
NOWHERE = (b"\0", b"\x01", b"\x02")  # bytes that no line may hold, so that they can stand for something
NO_DELIMITER, NO_VALUE = "\x01", "\x02"
IS_ALIGNED = " is aligned"  # no column of a file begins with a blank
QUOTED = '"(?:[^"]|"")*"'
PARQUET = "(format parquet, compression lz4_raw, dictionary_size_limit 1)"  # to look for values again costs as much


def read_well_formed(
    opened: Opened, folder: Path, layout: Layout, columns: list[str], before: list[str]
) -> LandedFile | None:
    """The rows as our own reader would give them, or None when only it can tell. The text must be UTF-8.

    `before` are the lines before the first row.
    """
    import duckdb

    is_usual = layout.delimiter in DELIMITERS and not layout.has_surplus_field and 1 < len(columns) <= MOST_COLUMNS
    if not is_usual or not before or opened.path.stat().st_size < SMALLEST:
        return None
    if any(line.count('"') % 2 for line in before):
        return None
    file = opened.as_file(folder)
    line_end, quotes = _line_end(file)
    if line_end is None:
        return None
    with open_connection(folder) as connection:
        try:
            if quotes == sum(line.count('"') for line in before):
                plain = Plain(file, layout.delimiter, columns, len(before), line_end, NO_VALUE, LONGEST)
                if landed := read_unquoted(connection, plain, folder):
                    return landed
            return _read(connection, file, folder, layout.delimiter, columns, len(before), line_end)
        except duckdb.Error:  # ours will say what is wrong
            return None


def _line_end(file: Path) -> tuple[str | None, int]:
    """The line end of the whole file, as DuckDB writes it, and how many quotes it holds.

    There is no such line end when it has several, blank lines or odd bytes.
    """
    returns = newlines = both = quotes = 0
    has_bare = False  # newlines without a return: where all are such, returns need not be counted
    tail = b"\n"  # so that a file that begins with a blank line has one
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            seen = tail + chunk
            if any(mark in chunk for mark in NOWHERE) or b"\n\n" in seen:
                return None, 0
            quotes += chunk.count(b'"')
            if b"\r" in seen:
                if b"\n\r\n" in seen:
                    return None, 0
                returns += chunk.count(b"\r")
                newlines += chunk.count(b"\n")
                both += seen.count(b"\r\n") - tail.count(b"\r\n")
            has_bare = has_bare or (b"\r" not in seen and b"\n" in chunk)
            tail = seen[-2:]
    if not returns:
        return r"\n", quotes
    return (r"\r\n" if returns == newlines == both and not has_bare else None), quotes


def _read(
    connection: "duckdb.DuckDBPyConnection",
    file: Path,
    folder: Path,
    delimiter: str,
    columns: list[str],
    skipped: int,
    line_end: str,
) -> LandedFile | None:
    source = literal(as_plain_path(file))
    options = (
        f"header = false, auto_detect = false, skip = {skipped}, new_line = '{line_end}', nullstr = {literal(NO_VALUE)}"
    )
    field = f'(?:{QUOTED}|[^"{delimiter}]*)'
    is_whole = f"regexp_full_match(line, {literal(f'{field}(?:[{delimiter}]{field}){{{len(columns) - 1}}}')})"
    connection.execute(
        f"create temp table lines as select row_number() over () as row_number, {is_whole} as is_whole, "
        f"case when not {is_whole} then line end as original, {_length('line')} as length, strlen(line) as bytes "
        f"from read_csv({source}, columns = {{'line': 'varchar'}}, delim = {literal(NO_DELIMITER)}, quote = '', "
        f"escape = '', {options})"
    )
    is_by_the_rules = f"regexp_full_match(original, {literal(f'{field}(?:[{delimiter}]{field})*')})"
    if _holds(connection, f"lines where bytes > {LONGEST} or not {is_by_the_rules}"):
        return None
    rows, kinds = folder / "rows.parquet", ", ".join(f"{literal(name)}: 'varchar'" for name in columns)
    given = f"concat({', '.join(identifier(name) for name in columns)})"
    connection.execute(
        f"copy (select {identifiers(columns)}, whole.row_number as row_number, "
        f"whole.length - {len(columns) - 1} = {_length(given)} as {identifier(IS_ALIGNED)} "
        f"from read_csv({source}, columns = {{{kinds}}}, delim = {literal(delimiter)}, quote = '\"', escape = '\"', "
        f"ignore_errors = true, {options}) "
        "positional join (select row_number, length from lines where is_whole) as whole) "
        f"to {literal(rows)} {PARQUET}"
    )
    written = f"read_parquet({paths([rows])})"
    if _holds(connection, f"{written} where {identifier(IS_ALIGNED)} is distinct from true"):
        return None
    unreadable = _write_unreadable(connection, folder, delimiter, len(columns))
    return LandedFile(f"select {identifiers(columns)}, row_number from {written}", unreadable)


def _write_unreadable(connection: "duckdb.DuckDBPyConnection", folder: Path, delimiter: str, width: int) -> Path | None:
    """The lines of another width, as our own reader tells of them; None when there are none."""
    if not _holds(connection, "lines where not is_whole"):
        return None
    bare = f"regexp_replace(original, {literal(QUOTED)}, '', 'g')"
    fields = f"strlen({bare}) - strlen(replace({bare}, {literal(delimiter)}, '')) + 1"
    connection.execute(
        f"copy (select row_number, original, 'the row has ' || ({fields}) || "
        f"' fields where the header has {width}' as detail from lines where not is_whole order by row_number) "
        f"to {literal(folder / 'unreadable.parquet')} {PARQUET}"
    )
    return folder / "unreadable.parquet"


def _length(text: str) -> str:
    """SQL for the bytes of a text without quotes: what a line and its fields must have in common."""
    return f"strlen(replace({text}, '\"', ''))"


def _holds(connection: "duckdb.DuckDBPyConnection", rows: str) -> bool:
    return bool(connection.execute(f"select exists(from {rows})").fetchall()[0][0])
