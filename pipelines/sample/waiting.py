"""Rows that wait on disk for the night on which they are exported: drawn batch by batch, delivered day by day."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.sample.exports import Exported, together

IS_FIRST = "is_first"


class WaitingRows:
    """One Arrow file for each batch and feed, with one record batch for each day. Use as a context manager."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder, self._days = folder, days
        self._readers: dict[str, list[pa.ipc.RecordBatchFileReader]] = {}

    def __enter__(self) -> "WaitingRows":
        self._folder.mkdir()
        return self

    def add(self, feed: str, exported: Exported) -> None:
        """Rows of a batch, in the order in which each day is to have them."""
        order = np.argsort(exported.day, kind="stable")
        table = exported.table.append_column(IS_FIRST, pa.array(exported.is_first)).take(pa.array(order))
        rows = pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], schema=table.schema)
        ends = np.searchsorted(exported.day[order], np.arange(self._days + 1))
        readers = self._readers.setdefault(feed, [])
        path = self._folder / f"{feed}-{len(readers)}.arrow"
        with pa.ipc.new_file(path, table.schema) as writer:
            for start, end in pairwise(ends):
                writer.write_batch(rows.slice(start, end - start))
        readers.append(pa.ipc.open_file(pa.memory_map(str(path))))

    def of_day(self, day: int) -> dict[str, Exported]:
        """The rows of all batches for a day, by feed."""
        return {feed: together([_read(reader, day) for reader in readers]) for feed, readers in self._readers.items()}

    def __exit__(self, *_: object) -> None:
        self._readers.clear()
        shutil.rmtree(self._folder)


def _read(reader: pa.ipc.RecordBatchFileReader, day: int) -> Exported:
    table = pa.Table.from_batches([reader.get_batch(day)])
    return Exported(table.drop_columns(IS_FIRST), np.full(len(table), day), np.asarray(table[IS_FIRST]))
