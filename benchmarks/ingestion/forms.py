"""The files of a shop in each form that exports come in, and DuckDB's own typed copy of them. Nothing is timed here."""

from pathlib import Path

import duckdb

from pipelines.landing.contracts import Contract, load_contracts

SUFFIXES = {"CSV": "csv", "CSV.gz": "csv.gz", "Parquet": "parquet"}
WRITTEN_AS = {
    "CSV": "(format csv, header)",
    "CSV.gz": "(format csv, header, compression gzip)",
    "Parquet": "(format parquet, compression zstd)",
}


def write_in_form(shop: Path, landing: Path, form: str) -> list[Contract]:
    """The feeds, each with its rows in one file: in CSV as text, in Parquet with the types that its contract names.

    A record that is no line of CSV is lost, and in Parquet one with a value that has not its column's type.
    """
    landing.mkdir(parents=True)
    feeds = list(load_contracts().values())
    for feed in feeds:
        [suffix] = {file.suffix for file in shop.glob(f"{feed.feed}*.*")}
        rows = _rows(feed, f"{shop}/{feed.feed}*{suffix}", is_typed=form == "Parquet")
        duckdb.sql(f"copy ({rows}) to '{landing_file(landing, feed, form)}' {WRITTEN_AS[form]}")
    return feeds


def landing_file(landing: Path, feed: Contract, form: str) -> Path:
    """Where a feed's rows lie."""
    return landing / f"{feed.feed}.{SUFFIXES[form]}"


def copy_typed(feed: Contract, file: Path, target: Path) -> None:
    """Read the file with the contract's types, unfit lines left out, and write it as Parquet."""
    duckdb.sql(f"copy ({_rows(feed, str(file), is_typed=True)}) to '{target}' {WRITTEN_AS['Parquet']}")


def _rows(feed: Contract, files: str, *, is_typed: bool) -> str:
    if files.endswith(".parquet"):
        return f"select * from read_parquet('{files}')"
    types = ", ".join(f"'{column.name}': '{column.duckdb_type if is_typed else 'varchar'}'" for column in feed.columns)
    return f"select * from read_csv('{files}', header = true, ignore_errors = true, types = {{{types}}})"
