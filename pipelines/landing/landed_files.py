"""The files of one source in one data folder: which there are, how they are called, as which content they are known.

What is in them, and what becomes of them, does not belong here.
"""

import os
from pathlib import Path

from pipelines.landing.sources import Source
from pipelines.landing.watching import Seen, look_at
from pipelines.problems import BadInput


class Landing:
    """The files of one source in one data folder, each hashed once unless it changes."""

    def __init__(self, source: Source, data_folder: Path, remembered: dict[str, Seen] | None = None) -> None:
        """`remembered` is what was seen of files on earlier nights, by name."""
        self.source = source
        self.data_folder = data_folder
        self._seen: dict[Path, Seen] = {}
        self._remembered = remembered or {}
        self._files: dict[str, list[Path]] = {}
        if not data_folder.is_dir():
            fault = "is a file" if data_folder.exists() else "does not exist"
            raise BadInput(f"the data folder {data_folder} {fault}: name the folder that holds the exports")
        if not os.access(data_folder, os.R_OK | os.X_OK):
            raise BadInput(f"the data folder {data_folder} may not be read: give the user who runs Guanxi the right to")
        if not any(path.is_file() for path in data_folder.rglob("*")):
            raise BadInput(f"the data folder {data_folder} holds no files: put the exports of {source.name} there")

    def files(self, input_name: str) -> list[Path]:
        """The files of an input by name; hidden files and the locks of an open spreadsheet are none."""
        if input_name not in self._files:
            found = self.data_folder.glob(self.source.files[input_name].pattern)
            self._files[input_name] = sorted(
                path for path in found if path.is_file() and not path.name.startswith((".", "~$"))
            )
        return self._files[input_name]

    def name(self, path: Path) -> str:
        """The file's name as the user knows it."""
        return path.relative_to(self.data_folder).as_posix()

    def hash(self, path: Path) -> str:
        """SHA-256 of the content. BadInput when the file may not be read."""
        return self.seen([path])[path].file_hash

    def seen(self, paths: list[Path]) -> dict[Path, Seen]:
        """These files as they were when first looked at."""
        new = [path for path in paths if path not in self._seen]
        self._seen |= {path: look_at(path, self._remembered.get(self.name(path))) for path in new}
        return {path: self._seen[path] for path in paths}

    @property
    def all_seen(self) -> dict[str, Seen]:
        """Whatever was looked at, by name."""
        return {self.name(path): seen for path, seen in self._seen.items()}

    def forget(self) -> None:
        """Look at every file anew, whatever is remembered of it."""
        self._seen.clear()
        self._remembered.clear()
        self._files.clear()
