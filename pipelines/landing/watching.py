"""Sees to it that what was hashed is what was read, though a file may change under the reader. No row is read here."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep, time_ns
from typing import TypeVar

from pipelines.problems import BadInput

TRIES = 3
PAUSE_SECONDS = 1.0
STILL_NANOSECONDS = 2 * 10**9  # the coarsest time stamp of a file system

Answer = TypeVar("Answer")


class ChangedWhileRead(Exception):
    """A file is no longer what it was when it was hashed."""


@dataclass(frozen=True)
class Seen:
    """A file at one moment: SHA-256 of its content, and what the file system said of it before that was read.

    `lies_still` when it had not changed for so long that whatever changes it later gives it other time stamps.
    """

    file_hash: str
    signature: tuple[int, ...]
    lies_still: bool = field(default=False, compare=False)


def look_at(path: Path, before: Seen | None = None) -> Seen:
    """The file as it is now; its content is read again unless it has lain still since `before`.

    BadInput when it may not be read or is gone.
    """
    try:
        signature = _signature(path)
        if before and before.lies_still and before.signature == signature:
            return before
        lies_still = time_ns() - max(signature[-2:]) > STILL_NANOSECONDS
        with path.open("rb") as stream:
            return Seen(hashlib.file_digest(stream, "sha256").hexdigest(), signature, lies_still)
    except PermissionError as error:
        raise BadInput(f"{path} may not be read: give the user who runs Guanxi the right to") from error
    except FileNotFoundError as error:
        raise BadInput(f"{path} went away while it was read: run again when all files have landed") from error


@contextmanager
def held_still(seen: dict[Path, Seen]) -> Iterator[None]:
    """Raises ChangedWhileRead when, afterwards, one of these files is not what was seen: its rows may be of two files.

    An error that a changing file has caused is none of its own.
    """
    try:
        yield
    except Exception as error:
        if _changed(seen):
            raise ChangedWhileRead from error
        raise
    if _changed(seen):
        raise ChangedWhileRead


def until_it_holds_still(path: Path, read: Callable[[], Answer], forget: Callable[[], None]) -> Answer:
    """What `read` gives in a try during which no file changed; `forget` drops what was seen of them before the next.

    BadInput after the third try.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            return read()
        except ChangedWhileRead:
            forget()
            if tries_left:
                sleep(PAUSE_SECONDS)
    raise BadInput(
        f"{path} or a file it is read with changes while it is read: run again when it is complete; "
        "better write it elsewhere and move it there whole"
    )


def _changed(seen: dict[Path, Seen]) -> bool:
    """Asks the file system first and then the content: a time stamp can be too coarse, or set back."""
    try:
        return any(_signature(path) != was.signature or look_at(path) != was for path, was in seen.items())
    except (BadInput, OSError):
        return True


def _signature(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
