"""What publishing needs to know of a table that it did not build. Who declares it is not the warehouse's business."""

from collections.abc import Sequence
from typing import Protocol


class PublishedColumn(Protocol):
    """What is declared of a column; a personal one is left out of what readers see."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def data_type(self) -> str:
        """Its type, as DuckDB understands it."""

    @property
    def meaning(self) -> str:
        """What its values mean."""

    @property
    def is_required(self) -> bool:
        """Whether it is never null."""

    @property
    def is_personal(self) -> bool:
        """Whether readers may not see it."""


class PublishedTable(Protocol):
    """What is declared of a table."""

    @property
    def meaning(self) -> str:
        """What a row is, and what to know of the table."""

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that name a row; empty when none do."""

    @property
    def columns(self) -> Sequence[PublishedColumn]:
        """The columns in order."""

    @property
    def question(self) -> str:
        """What it answers, as a person would ask."""

    @property
    def example(self) -> str:
        """A select for DuckDB that answers it."""
