"""Finds out in which encoding a text file is written and opens it. Cutting lines into columns does not belong here."""

import codecs
import io
from collections.abc import Iterator
from functools import cache
from typing import TextIO

from pipelines.landing.formats.archive import Opened
from pipelines.landing.formats.scripts import SURE_OF_OTHER, WESTERN, likelier_than_gb18030, likeliest
from pipelines.problems import BadInput

CHUNK_BYTES = 1 << 20
SAMPLE_LINES = 20_000
JUDGED_LINES = 2_000  # for which script they are in, which asks every character
BLANK_BYTES = b" \t\r\n\0"
MEND = "save it as UTF-8, or name its encoding in source.yml"

# Longest first: the mark of UTF-32 begins with that of UTF-16.
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


# What browsers read under these names too: exports call themselves by the older and narrower one.
WIDER = {
    "big5": "cp950",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}


def open_text(opened: Opened, encoding: str) -> TextIO:
    """The text with its line ends as they are; each byte that is no text becomes a lone surrogate, U+DC00 + byte."""
    return io.TextIOWrapper(opened.open(), encoding=encoding, errors=_keep_bytes(), newline="")


def encoding_of(opened: Opened, declared: str | None) -> str:
    """The encoding by mark, by the pattern of UTF-16, by being valid UTF-8, as declared, or GB18030.

    BadInput when GB18030 does not fit or another encoding clearly fits better, or a stretch of a mebibyte is blank.
    """
    is_utf_8 = _looked_through(opened)
    with opened.open() as stream:
        head = stream.read(4096)
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    if wide := _utf_16_by_pattern(head):
        return wide
    if is_utf_8:
        return "utf-8"
    return WIDER.get(declared, declared) if declared else _undeclared(opened)


def _utf_16_by_pattern(head: bytes) -> str | None:
    """Separators and digits have a zero byte beside them in UTF-16, and no other text has any."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 10 < len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _looked_through(opened: Opened) -> bool:
    """Whether the bytes are UTF-8. BadInput when a whole chunk is blank: no table is, and reading it takes for ever."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8 = True
    with opened.open() as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if len(chunk) == CHUNK_BYTES and not chunk.strip(BLANK_BYTES):
                raise BadInput(
                    f"{opened.name} holds a stretch of more than a million blank characters: export it again"
                )
            try:
                is_utf_8 = is_utf_8 and decoder.decode(chunk) is not None
            except UnicodeDecodeError:
                is_utf_8 = False
    return is_utf_8 and not decoder.getstate()[0]


def _undeclared(opened: Opened) -> str:
    """UTF-8 with a few broken lines must not be taken for GB18030, which gives a meaning to nearly any bytes."""
    lines = list(_telling_lines(opened))
    if _fits("utf-8", lines):
        return "utf-8"
    if not _fits("gb18030", lines):
        likely, share = likeliest(lines[:JUDGED_LINES])
        name = likely if share >= SURE_OF_OTHER else WESTERN
        raise BadInput(f"{opened.name} is neither UTF-8 nor GB18030 text: {MEND}, e.g. encoding: {name}")
    if other := likelier_than_gb18030(lines[:JUDGED_LINES]):
        raise BadInput(
            f"{opened.name} is not UTF-8, and reads like {other} rather than GB18030: {MEND}, e.g. encoding: {other} "
            "(or encoding: gb18030, if that is what it is)"
        )
    return "gb18030"


def _fits(encoding: str, lines: list[bytes]) -> bool:
    return sum(_is_valid(line, encoding) for line in lines) * 2 > len(lines)


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
