"""The log of a run: what the tools at work print, but for values that they quote. Where it lies is told in folders."""

import io
from typing import TextIO

from pipelines.problems import without_values


class RunLog(io.TextIOBase):
    """Writes to a file what is printed, without the values that an engine complains of."""

    encoding = "utf-8"

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write a text; says that all of it was."""
        self._file.write(without_values(text))
        return len(text)

    def flush(self) -> None:
        """Hand over what is held back, while there is a file to hand it to."""
        if not self._file.closed:
            self._file.flush()

    def fileno(self) -> int:
        """The file's own, for processes that are started meanwhile."""
        return self._file.fileno()

    def writable(self) -> bool:
        """It is."""
        return True
