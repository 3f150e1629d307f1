"""The DuckDB connection that the files of a feed are worked on with, one after another. No statement belongs here."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from pipelines.landing.parts import WORK_PREFIX
from pipelines.landing.sql import open_connection

if TYPE_CHECKING:
    import duckdb


class Workbench:
    """Opened when it is first asked for, because most nights bring most feeds little: to open it costs a small file."""

    def __init__(self, folder: Path, memory_limit: str) -> None:
        """It spills into a work folder within `folder`, which the next run removes if this one is killed."""
        self._folder = folder
        self._memory_limit = memory_limit
        self._opened = ExitStack()
        self._connection: duckdb.DuckDBPyConnection | None = None

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """The same until it is cleared away."""
        if self._connection is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            work = self._opened.enter_context(tempfile.TemporaryDirectory(prefix=WORK_PREFIX, dir=self._folder))
            self._connection = self._opened.enter_context(open_connection(Path(work), self._memory_limit))
        return self._connection

    def clear(self) -> None:
        """Whatever a file has left there, so that the next begins anew."""
        self._connection = None
        self._opened.close()

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
