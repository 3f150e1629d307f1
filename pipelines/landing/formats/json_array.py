"""Reads the elements of one large JSON array, one after another, in bounded memory. Members are not looked at here."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from pipelines.problems import BadInput

CHUNK_CHARACTERS = 1 << 20
MOST_CHARACTERS = 1 << 26  # of one element; an order has a few thousand

BLANK = re.compile(r"[ \t\r\n\ufeff]*")


@dataclass(frozen=True)
class Unreadable:
    """A row that no record can be made of: what stands there, and why."""

    original: str
    detail: str


def elements(stream: TextIO, file_name: str) -> Iterator[dict[str, object] | Unreadable]:
    """Each element of the array that `stream` holds. BadInput where it is broken, cut off or followed by anything."""
    text = Window(stream, file_name)
    text.take("[")
    if not text.take_if("]"):
        while True:
            yield text.element()
            if text.take_if("]"):
                break
            text.take(",")
    if text.next_mark():
        raise BadInput(
            f"{file_name} goes on after the array's closing bracket: give it one array, or one object per line"
        )


class Window:
    """The part of a text that is in memory: what was read is forgotten, and more is fetched when needed."""

    def __init__(self, stream: TextIO, file_name: str) -> None:
        self._stream = stream
        self._file_name = file_name
        self._text = ""
        self._place = 0
        self._elements = 0
        self._decoder = json.JSONDecoder(parse_float=str, parse_int=str)

    def next_mark(self) -> str:
        """The next character that is no blank, which stays where it is; "" at the end."""
        while True:
            self._place = self._end_of_blanks()
            if self._place < len(self._text) or not self._fetch(CHUNK_CHARACTERS):
                return self._text[self._place : self._place + 1]

    def take_if(self, mark: str) -> bool:
        """Whether the next character is this one; if so it is read."""
        if self.next_mark() != mark:
            return False
        self._place += 1
        return True

    def take(self, mark: str) -> None:
        """Reads this character. BadInput when another one stands there."""
        if not self.take_if(mark):
            raise BadInput(self._fault(f"'{mark}' is missing"))

    def element(self) -> dict[str, object] | Unreadable:
        """The next element. One that is no object is unreadable."""
        self.next_mark()
        wanted = CHUNK_CHARACTERS
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._place)
                length = end - self._place
                if end < len(self._text) or not self._fetch(wanted):  # a number may go on beyond what is in memory
                    break
            except (ValueError, RecursionError) as error:
                if not self._fetch(wanted):
                    fault = error.msg if isinstance(error, json.JSONDecodeError) else "it is nested too deeply"
                    raise BadInput(self._fault(fault)) from None
            wanted *= 2  # so that a long element is tried a few times only
        original = self._text[self._place : self._place + length]
        self._place += length
        self._elements += 1
        if not isinstance(value, dict) or any(not name.strip() for name in value):
            return Unreadable(original, 'the element is no object whose members all have names, e.g. {"order_id": "1"}')
        return value

    def _end_of_blanks(self) -> int:
        blanks = BLANK.match(self._text, self._place)
        return blanks.end() if blanks else self._place

    def _fetch(self, characters: int) -> bool:
        """More text at the end of the window, unless there is none or one element fills all that may be in memory."""
        self._text, self._place = self._text[self._place :], 0
        more = self._stream.read(characters) if len(self._text) < MOST_CHARACTERS else ""
        self._text += more
        return bool(more)

    def _fault(self, fault: str) -> str:
        return (
            f"{self._file_name} is no whole JSON array: element {self._elements + 1} is broken or cut off ({fault}): "
            "export or copy it again"
        )
