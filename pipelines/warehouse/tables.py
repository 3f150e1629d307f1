"""What an engine must be able to do with tables, by address ("schema.name"): the interface that steps are written to.

No engine is named here. Landing, the record of trust and publishing are the build file's own business, without it.
"""

from datetime import date
from typing import Any, Protocol

import pandas as pd


class Tables(Protocol):
    """The tables of one night's build."""

    def read(self, query: str) -> pd.DataFrame:
        """What a select returns, in its order."""

    def write(self, address: str, frame: pd.DataFrame, as_of_date: date) -> None:
        """Replace the table by the rows of `frame`, in their order, with the night's date as a last column.

        Frames know no days: a timestamp in one is a day, and is written as one.
        """

    def append(self, address: str, frame: pd.DataFrame, as_of_date: date) -> None:
        """Add rows to a table that `write` has made this night, of the same columns."""

    def write_rows(self, address: str, frame: pd.DataFrame, as_of_date: date, column: str, value: str) -> None:
        """As `write`, but rows whose `column` holds another value than `value` stay as they are.

        The columns are those of `frame` afterwards; a table that is not there is made.
        """

    def exists(self, address: str) -> bool:
        """Whether there is such a table or view."""

    def columns(self, address: str) -> dict[str, str]:
        """Names and types of the columns, in order."""

    def count(self, address: str) -> int:
        """Number of rows."""

    def first_rows(self, address: str, count: int = 5) -> list[tuple[Any, ...]]:
        """The first rows, their values in the order of the columns."""
