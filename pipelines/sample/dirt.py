"""Damage done to the feeds on purpose: rows exported twice or in an earlier state, and rows nobody can read.

Dirt is only ever added: every sound row stays, so what a pipeline must find beneath is known.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.parameters import Parameters

UNREADABLE = "unreadable_row"


@dataclass(frozen=True)
class Defect:
    """A value that breaks its row, and the reason for which the row must be quarantined."""

    reason: str
    column: str
    value: str | None


DEFECTS: dict[str, tuple[Defect, ...]] = {
    "customers": (
        Defect("missing_required", "account_id", None),
        Defect("not_a_instant", "registered_at", "2025-02-30 10:00:00"),
        Defect("not_a_date", "birth_date", "1990-13-45"),
        Defect("not_an_accepted_value", "gender", "unknown"),
    ),
    "orders": (
        Defect("missing_required", "order_id", None),
        Defect("not_a_instant", "ordered_at", "31st of last month"),
        Defect("not_an_accepted_value", "status", "lost"),
        Defect("not_a_money", "total", "12.5O"),
    ),
    "order_items": (
        Defect("missing_required", "order_id", None),
        Defect("not_a_integer", "quantity", "two"),
        Defect("not_a_price", "unit_price", "on request"),
    ),
    "products": (
        Defect("missing_required", "product_id", None),
        Defect("not_a_price", "list_price", "on request"),
    ),
    "events": (
        Defect("missing_required", "event_id", None),
        Defect("missing_required", "occurred_at", None),
        Defect("not_an_accepted_value", "type", "hover"),
    ),
    "tickets": (
        Defect("missing_required", "opened_at", None),
        Defect("not_an_accepted_value", "level", "board"),
        Defect("not_a_boolean", "is_complaint", "perhaps"),
    ),
    "feedback": (
        Defect("missing_required", "feedback_id", None),
        Defect("not_an_accepted_value", "kind", "gesture"),
        Defect("not_a_number", "score", "four"),
    ),
    "survey_preferences": (
        Defect("missing_required", "value", None),
        Defect("not_an_accepted_value", "attribute", "weather"),
    ),
    "consents": (
        Defect("missing_required", "account_id", None),
        Defect("not_a_boolean", "is_granted", "perhaps"),
    ),
    "campaign_messages": (
        Defect("missing_required", "message_id", None),
        Defect("missing_required", "occurred_at", None),
        Defect("not_an_accepted_value", "event", "framed"),
    ),
}


# What an earlier export of the row did not know yet.
UNKNOWN_BEFORE: dict[str, tuple[str, dict[str, str | None]]] = {
    "customers": ("registered_at", {"province": None, "city": None, "address": None, "postal_code": None}),
    "orders": ("ordered_at", {"paid_at": None, "shipped_at": None, "delivered_at": None, "status": "pending"}),
    "tickets": ("opened_at", {"first_response_at": None, "resolved_at": None, "csat": None}),
    "feedback": ("submitted_at", {"answered_at": None, "status": "to_improve"}),
}


def with_older_versions(
    rng: np.random.Generator, table: pa.Table, born: str, forgotten: dict[str, str | None], share: float
) -> tuple[pa.Table, int]:
    """The table with some rows also in the state they had at `born`, just before the newer one; and how many.

    In that state the `forgotten` columns have the given text, and updated_at is the row's `born`.
    """
    changed = np.asarray(pc.greater(table["updated_at"], table[born]))
    rows = np.flatnonzero(changed & (rng.random(len(table)) < share))
    older = earlier_state(table.take(pa.array(rows)), born, forgotten)
    place = np.append(np.arange(len(table)), rows - 0.5)
    return pa.concat_tables([table, older]).take(pa.array(np.argsort(place, kind="stable"))), len(rows)


def earlier_state(table: pa.Table, born: str, forgotten: dict[str, str | None]) -> pa.Table:
    """The rows as they were at `born`: the `forgotten` columns have the given text, and updated_at is `born`."""
    for column, text in forgotten.items():
        values = pa.array([text] * len(table), table.schema.field(column).type)
        table = replaced(table, column, values)
    return replaced(table, "updated_at", table[born])


def with_exact_duplicates(rng: np.random.Generator, table: pa.Table, share: float) -> tuple[pa.Table, int]:
    """The table with some rows twice in a row, and how many."""
    is_twice = rng.random(len(table)) < share
    return table.take(pa.array(np.repeat(np.arange(len(table)), 1 + is_twice))), int(is_twice.sum())


def broken_lines(
    rng: np.random.Generator, feed: str, table: pa.Table, file_number: int, count: int
) -> tuple[list[str], Counter[str]]:
    """Lines of CSV that are no valid row of the feed, `count` of each kind, made from copies; and the reasons."""
    lines: list[str] = []
    reasons: Counter[str] = Counter()
    for kind, defect in enumerate((*DEFECTS[feed], None)):
        rows = table.take(pa.array(rng.integers(0, max(len(table), 1), count))).to_pylist()
        for position, row in enumerate(rows):
            # A key of its own, so that nothing but the defect is wrong with the row.
            row[table.column_names[0]] = f"X{file_number:04d}-{kind}-{position}"
            if defect:
                row[defect.column] = defect.value
            extra = [] if defect else ["no such column", "nor this one"]
            lines.append(_line([*row.values(), *extra]))
        reasons[defect.reason if defect else UNREADABLE] += count
    return lines, reasons


def broken_rows(
    rng: np.random.Generator, feed: str, table: pa.Table, file_number: int, count: int
) -> tuple[pa.Table, Counter[str]]:
    """A feed with copies added that have one defect each, `count` of each kind; and how many for each reason."""
    parts = [table]
    reasons: Counter[str] = Counter()
    for kind, defect in enumerate(DEFECTS[feed]):
        rows = table.take(pa.array(rng.integers(0, max(len(table), 1), count)))
        keys = [f"X{file_number:04d}-{kind}-{row}" for row in range(count)]
        rows = replaced(rows, table.column_names[0], pa.array(keys, pa.string()))
        values = pa.array([defect.value] * count, table.schema.field(defect.column).type)
        parts.append(replaced(rows, defect.column, values))
        reasons[defect.reason] += count
    return pa.concat_tables(parts), reasons


def some_copies(table: pa.Table, shop: Parameters) -> int:
    """How many rows each defect gets in a file that is to have all; none where there is no row to copy."""
    return 1 + int(len(table) * shop.broken_row) if len(table) else 0


def replaced(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with other values in a column."""
    return table.set_column(table.column_names.index(column), column, values)


def _line(values: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(["" if value is None else value for value in values])
    return text.getvalue()
