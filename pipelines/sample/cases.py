"""Rows that come about in steps, like a ticket: opened, answered, resolved. What they say is drawn elsewhere."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.clock import Window, timestamps
from pipelines.sample.dirt import replaced
from pipelines.sample.exports import LONGEST_LATE_DAYS, Exported, export_days, versions
from pipelines.sample.parameters import Parameters
from pipelines.sample.texts import numbered

LONGEST_CASE_DAYS = 24  # from what it is about, like an order, to the last step


@dataclass(frozen=True)
class Step:
    """When each row takes a step (seconds on the wall clock), and what it says in some columns until then.

    Where a row never takes it, the moment is that in which it begins.
    """

    seconds: np.ndarray
    before: dict[str, str | None]


@dataclass(frozen=True)
class Cases:
    """Rows of a feed as they are in the end, by the second in which each begins, and how late each is told."""

    table: pa.Table
    begun: np.ndarray
    steps: tuple[Step, ...]
    late_days: np.ndarray

    @classmethod
    def of(
        cls,
        rng: np.random.Generator,
        prefix: str,
        table: pa.Table,
        begun: np.ndarray,
        steps: list[Step],
        shop: Parameters,
    ) -> "Cases":
        """Rows in any order, numbered by the second in which they begin."""
        order = np.argsort(begun, kind="stable")
        key, *_ = table.column_names
        table = replaced(table.take(pa.array(order)), key, numbered(prefix, np.arange(len(order)), 8))
        sorted_steps = tuple(Step(step.seconds[order], step.before) for step in steps)
        late_days = export_days(rng, np.zeros(len(order), np.int64), LONGEST_LATE_DAYS, shop)
        return cls(table, begun[order], sorted_steps, late_days)

    @classmethod
    def at_once(cls, table: pa.Table, begun: np.ndarray) -> "Cases":
        """Rows by time that never change and are never late."""
        return cls(table, begun, (), np.zeros(len(begun), np.int64))

    def at(self, end: int) -> pa.Table:
        """The rows that have begun by the second `end`, as they are then."""
        rows = np.flatnonzero(self.begun <= end)
        return self._known(rows, np.full(len(rows), end))

    def exported(self, window: Window, opening_days: int, days: range) -> Exported:
        """The rows as exported on some days: first when they begin or some days later, then after each step.

        Of what begins in the opening, nothing is told later than on its last day.
        """
        happened = window.day_of(self.begun)
        last = np.where(happened < opening_days, opening_days - 1, happened + LONGEST_LATE_DAYS)
        first = np.minimum(happened + self.late_days, last)
        row, day, is_first = versions(first, [window.day_of(step.seconds) for step in self.steps], days)
        return Exported(self._known(row, window.end_of(day)), day, is_first)

    def _known(self, rows: np.ndarray, end: np.ndarray) -> pa.Table:
        table, updated = self.table.take(pa.array(rows)), self.begun[rows]
        for step in self.steps:
            seconds = step.seconds[rows]
            is_taken = pa.array(seconds <= end)
            for name, text in step.before.items():
                column = table[name].combine_chunks()
                table = replaced(table, name, pc.if_else(is_taken, column, pa.scalar(text, column.type)))
            updated = np.where(seconds <= end, np.maximum(updated, seconds), updated)
        return table.append_column("updated_at", timestamps(updated)) if self.steps else table
