"""Finds out in which encoding a text file is written and opens it. Cutting lines into columns does not belong here."""

import codecs
import io
from collections.abc import Iterator
from functools import cache
from typing import TextIO

from pipelines.landing.formats.archive import Opened
from pipelines.problems import BadInput

CHUNK_BYTES = 1 << 20
SAMPLE_LINES = 20_000

# Longest first: the mark of UTF-32 begins with that of UTF-16.
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def open_text(opened: Opened, encoding: str) -> TextIO:
    """The text with its line ends as they are; each byte that is no text becomes a lone surrogate, U+DC00 + byte."""
    return io.TextIOWrapper(opened.open(), encoding=encoding, errors=_keep_bytes(), newline="")


def encoding_of(opened: Opened, declared: str | None) -> str:
    """The encoding by mark, by the pattern of UTF-16, by being valid UTF-8, as declared, or by the better fit.

    BadInput when neither UTF-8 nor GB18030 fits more than half of the lines that could tell.
    """
    with opened.open() as stream:
        head = stream.read(4096)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    if wide := _utf_16_by_pattern(head):
        return wide
    if _is_utf_8(opened):
        return "utf-8"
    return declared or _better_fit(opened)


def _utf_16_by_pattern(head: bytes) -> str | None:
    """Separators and digits have a zero byte beside them in UTF-16, and no other text has any."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 10 < len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf_8(opened: Opened) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened.open() as stream:
        try:
            while chunk := stream.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _better_fit(opened: Opened) -> str:
    """UTF-8 with a few broken lines must not be taken for GB18030, which gives a meaning to nearly any bytes."""
    lines = list(_telling_lines(opened))
    for encoding in ("utf-8", "gb18030"):
        if sum(_is_valid(line, encoding) for line in lines) * 2 > len(lines):
            return encoding
    raise BadInput(
        f"{opened.name} is neither UTF-8 nor GB18030 text: name its encoding in source.yml, e.g. encoding: cp1252"
    )


def _telling_lines(opened: Opened) -> Iterator[bytes]:
    """Lines with bytes beyond ASCII, as many as a sample needs."""
    found = 0
    with opened.open() as stream:
        for line in stream:
            if not line.isascii():
                yield line
                found += 1
            if found >= SAMPLE_LINES:
                return


def _is_valid(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


@cache
def _keep_bytes() -> str:
    """Unlike Python's own surrogateescape this works for every encoding and every byte."""

    def escape(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end

    codecs.register_error("guanxi_keep_bytes", escape)
    return "guanxi_keep_bytes"
