"""Writes a landed file again without some of its rows, all else as it was. Which rows those are is not decided here."""

import codecs
import csv
import gzip
import json
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO, cast

from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.archive import Opened, look_into
from pipelines.landing.formats.delimited import Lines
from pipelines.landing.formats.delimiters import SAMPLE_LINES, layout_of
from pipelines.landing.formats.disguise import JSON, TABLES_OF_TEXT
from pipelines.landing.formats.json_objects import ARRAY
from pipelines.landing.formats.text import encoding_of, open_text

if TYPE_CHECKING:
    import pyarrow.parquet as pq

LONE_BYTES = "guanxi_lone_bytes"
FIRST_LONE = 0xDC00


class CannotRewrite(Exception):
    """A file of a format that is not written back faithfully."""


def rewrite(path: Path, name: str, form: FileForm, gone: Collection[int], target: Path) -> None:
    """Writes `path` without the rows of these numbers (from 1, as its reader counts them) to `target`.

    The same file and rows give the same bytes. CannotRewrite for a spreadsheet, or what is none of our formats.
    """
    opened, rows = look_into(path, name), set(gone)
    with _packed(opened, target) as stream:
        if opened.suffix in TABLES_OF_TEXT:
            _copy_text(opened, form, stream, _delimited(opened, form, rows))
        elif opened.suffix in JSON:
            _copy_text(opened, form, stream, _json(opened, form, rows))
        elif opened.suffix == ".parquet":
            _copy_parquet(opened, stream, rows)
        else:
            raise CannotRewrite(name)


@contextmanager
def _packed(opened: Opened, target: Path) -> Iterator[IO[bytes]]:
    """Packed as the file was, with no moment of ours in it."""
    if opened.packing == ".gz":
        with target.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
            yield cast(IO[bytes], packed)
    elif opened.packing == ".zip":
        with zipfile.ZipFile(opened.path) as before, zipfile.ZipFile(target, "w") as archive:
            info = before.getinfo(opened.member)
            member = zipfile.ZipInfo(info.filename, info.date_time)
            member.compress_type, member.external_attr = info.compress_type, info.external_attr
            with archive.open(member, "w", force_zip64=True) as packed:
                yield packed
    else:
        with target.open("wb") as plain:
            yield plain


def _copy_text(opened: Opened, form: FileForm, target: IO[bytes], pieces: Iterator[str]) -> None:
    codecs.register_error(LONE_BYTES, _bytes_again)
    encoder = codecs.getincrementalencoder(encoding_of(opened, form.encoding))(errors=LONE_BYTES)
    for piece in pieces:
        target.write(encoder.encode(piece))
    target.write(encoder.encode("", final=True))


def _bytes_again(error: UnicodeError) -> tuple[bytes, int]:
    """What the reader could take for no text, as the bytes that it was."""
    assert isinstance(error, UnicodeEncodeError)
    return bytes(ord(mark) - FIRST_LONE for mark in error.object[error.start : error.end]), error.end


def _delimited(opened: Opened, form: FileForm, gone: set[int]) -> Iterator[str]:
    """The text of a table, row after row as `delimited` reads them: a row is whatever lines it took."""
    encoding = encoding_of(opened, form.encoding)
    with open_text(opened, encoding) as stream:
        layout = layout_of(list(islice(stream, SAMPLE_LINES)), form, opened.name)
    with open_text(opened, encoding) as stream:
        yield from islice(stream, layout.lines_before_header)
        lines = Lines(stream)
        if not form.header:
            _skip_header(lines, layout.delimiter, form)
            yield from lines.taken
        yield from _rows(lines, layout.delimiter, gone)


def _skip_header(lines: Lines, delimiter: str, form: FileForm) -> None:
    rows = (row for row in csv.reader(lines, delimiter=delimiter, strict=True) if row)
    for _line in range(1 + form.skip_lines_after_header):
        next(rows, None)


def _rows(lines: Lines, delimiter: str, gone: set[int]) -> Iterator[str]:
    number = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        try:
            row = next(reader, None)
            text = "".join(lines.taken)
        except csv.Error:
            row, text = [""], lines.give_back_all_but_first()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        if row is None:
            yield text
            return
        number += bool(row)
        if not row or number not in gone:
            yield text


def _json(opened: Opened, form: FileForm, gone: set[int]) -> Iterator[str]:
    with open_text(opened, encoding_of(opened, form.encoding)) as stream:
        head = stream.read(4096)
    with open_text(opened, encoding_of(opened, form.encoding)) as stream:
        if ARRAY.match(head) or (opened.suffix == ".json" and head.lstrip().startswith("[")):
            yield _array(stream, gone)
            return
        number = 0
        for line in stream:
            number += bool(line.strip())
            if not line.strip() or number not in gone:
                yield line


def _array(stream: TextIO, gone: set[int]) -> str:
    """The array with what is kept of it as it is written, element by element."""
    text, decoder = stream.read(), json.JSONDecoder()
    kept: list[str] = []
    place, number = text.index("[") + 1, 0
    while True:
        place = _after_blanks(text, place)
        if text[place] == "]":
            return f"{text[: text.index('[') + 1]}{','.join(kept)}\n{text[place:]}"
        begin, number = place, number + 1
        place = decoder.raw_decode(text, begin)[1]
        if number not in gone:
            kept.append(f"\n{text[begin:place]}")
        place = _after_blanks(text, place)
        place += text[place] == ","


def _after_blanks(text: str, place: int) -> int:
    while text[place] in " \t\r\n":
        place += 1
    return place


def _copy_parquet(opened: Opened, target: IO[bytes], gone: set[int]) -> None:
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as folder:
        _copy_rows(pq.ParquetFile(opened.as_file(Path(folder))), target, gone)


def _copy_rows(before: "pq.ParquetFile", target: IO[bytes], gone: set[int]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    packing = before.metadata.row_group(0).column(0).compression if before.metadata.num_row_groups else "zstd"
    number = 1
    with pq.ParquetWriter(target, before.schema_arrow, compression=packing) as writer:
        for batch in before.iter_batches():
            kept = [number + place not in gone for place in range(batch.num_rows)]
            number += batch.num_rows
            writer.write_batch(batch.filter(pa.array(kept, pa.bool_())))
