"""Dataclasses whose fields are columns: some of their rows, or several one after the other. Knows no meaning of any."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


def taken(record: Record, rows: np.ndarray) -> Record:
    """The record with these rows only."""
    return replace(record, **{name: _taken(column, rows) for name, column in vars(record).items()})


def appended(records: list[Record]) -> Record:
    """One record with the rows of all."""
    names = vars(records[0])
    return replace(records[0], **{name: appended_columns([vars(record)[name] for record in records]) for name in names})


def _taken(column: Any, rows: np.ndarray) -> Any:
    return column[rows] if isinstance(column, np.ndarray) else column.take(pa.array(rows))


def appended_columns(columns: list[Any]) -> Any:
    """One column with the values of all."""
    return np.concatenate(columns) if isinstance(columns[0], np.ndarray) else pa.concat_arrays(columns)
