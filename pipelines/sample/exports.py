"""Which rows leave the shop system on which night, and in which state they are then. Damage and files come later."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from pipelines.sample.clock import Window
from pipelines.sample.dirt import replaced
from pipelines.sample.parameters import Parameters
from pipelines.sample.records import taken
from pipelines.sample.sales import Sales

LONGEST_LATE_DAYS = 7
# A feed's rows in one state of the table and the day on which each reaches it, -1 for never.
State = tuple[pa.Table, np.ndarray]


@dataclass(frozen=True)
class Exported:
    """Versions of rows, the day on which each is exported, and whether it is the first of its row."""

    table: pa.Table
    day: np.ndarray
    is_first: np.ndarray

    def of_day(self, day: int) -> "Exported":
        """What is exported after this day."""
        return taken(self, np.flatnonzero(self.day == day))


def together(parts: list[Exported]) -> Exported:
    """The versions of all parts."""
    day, is_first = (np.concatenate([getattr(part, name) for part in parts]) for name in ("day", "is_first"))
    return Exported(pa.concat_tables([part.table for part in parts]), day, is_first)


def export_days(rng: np.random.Generator, happened: np.ndarray, last: int, shop: Parameters) -> np.ndarray:
    """The day on which what happened on a day is first exported: mostly the same, some days later, not after `last`."""
    size = len(happened)
    late = np.where(rng.random(size) < shop.late, rng.integers(1, LONGEST_LATE_DAYS + 1, size), 0)
    return np.minimum(happened + late, last)


def session_export_days(
    rng: np.random.Generator, events: pa.Table, happened: np.ndarray, last: int, shop: Parameters
) -> np.ndarray:
    """The same for events: a session is late as a whole, like that of a phone that was offline."""
    session = np.asarray(events["session_id"].combine_chunks().dictionary_encode().indices)
    late = export_days(rng, np.zeros(session.max(initial=-1) + 1, np.int64), last, shop)
    return np.minimum(happened + late[session], last)


def order_versions(sales: Sales, first: np.ndarray, window: Window, days: range) -> Exported:
    """The orders as exported on some days: first on the day `first`, then after each day on which they changed."""
    row, day, is_first = versions(first, [window.day_of(moment) for moment in sales.course.changes], days)
    table = sales.orders.take(pa.array(row))
    for column, values in taken(sales.course, row).columns(window.end_of(day)).items():
        table = replaced(table, column, values)
    return Exported(table, day, is_first)


def item_versions(sales: Sales, first: np.ndarray, window: Window, days: range) -> Exported:
    """The lines of the orders: with their order first, and again when pieces have come back."""
    order, refunded = sales.lines.order, np.asarray(sales.items["refunded_quantity"])
    came_back = np.where(refunded > 0, window.day_of(sales.course.closed)[order], -1)
    row, day, is_first = versions(first[order], [came_back], days)
    known = np.where(day >= came_back[row], refunded[row], 0)
    table = replaced(sales.items.take(pa.array(row)), "refunded_quantity", pa.array(known))
    return Exported(table, day, is_first)


def event_exports(events: pa.Table, first: np.ndarray, days: range) -> Exported:
    """The events that are exported on some days."""
    row, day, is_first = versions(first, [], days)
    return without_dictionaries(Exported(events.take(pa.array(row)), day, is_first))


def without_dictionaries(exported: Exported) -> Exported:
    """The same with plain columns of text: a night has few of the words of a dictionary."""
    table = exported.table
    for name in table.column_names:
        if pa.types.is_dictionary(table[name].type):
            table = replaced(table, name, table[name].cast(pa.string()))
    return replace(exported, table=table)


def state_exports(states: list[State], days: range) -> Exported:
    """Rows exported on the days on which they reach a state, in the last one of the day."""
    reached = [day for _, day in states]
    parts = []
    for number, (table, day) in enumerate(states):
        is_last = np.all([later != day for later in reached[number + 1 :]], axis=0)
        is_first = ~np.any([(earlier >= 0) & (earlier < day) for earlier in reached[:number]], axis=0)
        row = np.flatnonzero((day >= days.start) & (day < days.stop) & is_last)
        parts.append(Exported(table.take(pa.array(row)), day[row], np.broadcast_to(is_first, len(day))[row]))
    return together(parts)


def versions(first: np.ndarray, changes: list[np.ndarray], days: range) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, days and whether it is the row's first export, for every export on some days."""
    exported = np.sort(np.maximum(np.vstack([first, *changes]), first), axis=0)
    is_new = np.diff(exported, axis=0, prepend=-1) > 0
    place, row = np.nonzero(is_new & (exported >= days.start) & (exported < days.stop))
    return row, exported[place, row], place == 0
