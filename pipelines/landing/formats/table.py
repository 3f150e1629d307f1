"""Rows of text on their way into temporary Parquet that DuckDB reads. How a format is parsed does not belong here."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.landing.side_by_side import end_if_stopped
from pipelines.landing.sql import paths

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 20_000  # held in memory at a time
BATCH_CELLS = 4_000_000


@dataclass(frozen=True)
class UnreadSheet:
    """A sheet of a workbook that holds something and was not read: its first row, and how many rows follow it."""

    name: str
    header: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class LandedFile:
    """A file as DuckDB sees it: a relation with the file's columns and row_number, and the rows nobody could read.

    `unreadable` is a Parquet file of row_number, original and detail, or None when every row could be read. `remarks`
    are sentences, without personal values, on what had to be read other than it is written.
    """

    relation: str
    unreadable: Path | None = None
    remarks: tuple[str, ...] = ()
    unread_sheets: tuple[UnreadSheet, ...] = ()


class TextTable:
    """Collects rows of text and writes them in batches; rows that are no Unicode text are put with the unreadable."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self.columns = list(columns)
        self.row_number = 0
        self._folder = folder
        self._rows: list[Sequence[str | None]] = []
        self._row_numbers: list[int] = []
        self._rejects: list[tuple[int, str, str]] = []
        self._parts: list[Path] = []
        self._writer: Any = None
        self._reject_writer: Any = None

    def add(self, values: Sequence[str | None]) -> None:
        """The next row of the file; columns beyond its end are empty."""
        self.row_number += 1
        self._rows.append(values)
        self._row_numbers.append(self.row_number)
        if len(self._rows) >= BATCH_ROWS or len(self._rows) * len(self.columns) >= BATCH_CELLS:
            self._flush()

    def reject(self, original: str, detail: str) -> None:
        """The next row of the file, which cannot be read."""
        self.row_number += 1
        self._note_reject(self.row_number, original, detail)

    def widen(self, names: Sequence[str]) -> None:
        """Further columns from here on; earlier rows are empty in them."""
        self.columns.extend(names)

    def finish(self, remarks: Sequence[str] = (), unread_sheets: Sequence[UnreadSheet] = ()) -> LandedFile:
        """Everything written and closed."""
        if self._rows or not self._parts:
            self._flush()
        self._close_part()
        if self._rejects:
            self._flush_rejects()
        if self._reject_writer is not None:
            self._reject_writer.close()
        relation = f"select * from read_parquet({paths(self._parts)}, union_by_name = true)"
        unreadable = self._unreadable_path if self._reject_writer is not None else None
        return LandedFile(relation, unreadable, tuple(remarks), tuple(unread_sheets))

    @property
    def _unreadable_path(self) -> Path:
        return self._folder / "unreadable.parquet"

    def _flush(self) -> None:
        end_if_stopped()
        import pyarrow as pa
        import pyarrow.parquet as pq

        batch = self._batch()
        if self._writer is not None and not self._writer.schema.equals(batch.schema):  # columns came since
            self._close_part()
        if self._writer is None:
            self._parts.append(self._folder / f"rows_{len(self._parts)}.parquet")
            self._writer = pq.ParquetWriter(self._parts[-1], batch.schema, compression="lz4")
        self._writer.write_table(pa.Table.from_batches([batch]))
        self._rows, self._row_numbers = [], []

    def _batch(self) -> "pa.RecordBatch":
        import pyarrow as pa

        width = len(self.columns)
        self._rows = [row if len(row) == width else [*row, *[None] * (width - len(row))] for row in self._rows]
        try:
            arrays = [pa.array(values, pa.string()) for values in zip(*self._rows, strict=True)]
        except UnicodeEncodeError:
            self._set_undecodable_rows_aside()
            arrays = [pa.array(values, pa.string()) for values in zip(*self._rows, strict=True)]
        arrays = arrays or [pa.array([], pa.string()) for _ in self.columns]
        row_numbers = pa.array(self._row_numbers, pa.int64())
        fields = [*((name, pa.string()) for name in self.columns), ("row_number", pa.int64())]
        return pa.record_batch([*arrays, row_numbers], schema=pa.schema(fields))

    def _set_undecodable_rows_aside(self) -> None:
        kept_rows, kept_numbers = [], []
        for number, values in zip(self._row_numbers, self._rows, strict=True):
            if any(_is_undecodable(value) for value in values):
                broken = next(name for name, value in zip(self.columns, values, strict=True) if _is_undecodable(value))
                original = "\t".join(value or "" for value in values)
                self._note_reject(number, original, f"column {broken} holds bytes that are no text in this encoding")
            else:
                kept_rows.append(values)
                kept_numbers.append(number)
        self._rows, self._row_numbers = kept_rows, kept_numbers

    def _note_reject(self, row_number: int, original: str, detail: str) -> None:
        self._rejects.append((row_number, original.encode("utf-8", "backslashreplace").decode("utf-8"), detail))
        if len(self._rejects) >= BATCH_ROWS:
            self._flush_rejects()

    def _flush_rejects(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([("row_number", pa.int64()), ("original", pa.string()), ("detail", pa.string())])
        if self._reject_writer is None:
            self._reject_writer = pq.ParquetWriter(self._unreadable_path, schema, compression="lz4")
        columns = [
            pa.array(values, field.type) for values, field in zip(zip(*self._rejects, strict=True), schema, strict=True)
        ]
        self._reject_writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        self._rejects = []

    def _close_part(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None


def _is_undecodable(value: str | None) -> bool:
    return value is not None and any("\ud800" <= mark <= "\udfff" for mark in value)
