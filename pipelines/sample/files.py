"""Writes the landing files of a shop and the tables of its truth. Formats only: nothing is drawn or decided here."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from pyarrow import csv, parquet


def write_csv(path: Path, table: pa.Table, broken: list[str]) -> None:
    """A CSV file with the broken lines in its middle. Text is quoted only in a table that needs it."""
    with appearing(path) as unfinished:
        _write_csv(unfinished, table, broken)


def _write_csv(path: Path, table: pa.Table, broken: list[str]) -> None:
    half = len(table) // 2
    quoting = "needed" if {"address", "text"} & set(table.column_names) else "none"
    with path.open("wb") as file:
        options = csv.WriteOptions(include_header=True, quoting_style=quoting)
        csv.write_csv(table.slice(0, half), file, options)
        file.write("".join(broken).encode())
        csv.write_csv(table.slice(half), file, csv.WriteOptions(include_header=False, quoting_style=quoting))


def write_parquet(path: Path, table: pa.Table) -> None:
    """A Parquet file; columns of few words are dictionary-encoded."""
    with appearing(path) as unfinished:
        parquet.write_table(table, unfinished, compression="zstd")


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Where to write a file that appears under its name when it is whole: others may watch the folder."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    yield unfinished
    unfinished.replace(path)


class TruthTables:
    """Parquet files that grow by one row group for each file of the shop. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, parquet.ParquetWriter] = {}

    def __enter__(self) -> "TruthTables":
        self._folder.mkdir()
        return self

    def append(self, name: str, table: pa.Table) -> None:
        """Adds rows to <folder>/<name>.parquet."""
        if name not in self._writers:
            path = self._folder / f"{name}.parquet"
            self._writers[name] = parquet.ParquetWriter(path, table.schema, compression="zstd")
        self._writers[name].write_table(table)

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()
