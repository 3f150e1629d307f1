"""Looks for texts in all that lies in folders, however it is packed. Which texts, and where they may be, tests say.

A text is looked for in the bytes as they are and in what they hold: archives, compressed streams, and the rows of
Parquet, DuckDB and SQLite, whose pages hide them; in the encodings of exports, and as JSON and addresses write it.
"""

import io
import json
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ENCODINGS = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
ZLIB = (b"\x78\x01", b"\x78\x9c", b"\x78\xda")
FEW = 40  # texts up to which each is searched for by itself
DEPTH = 4  # packings within packings


@dataclass(frozen=True)
class Hit:
    """A text that was found: in which file, and in what of it (the path of packings, or bytes)."""

    path: Path
    text: str
    within: str

    def __str__(self) -> str:
        return f"{self.path} holds {self.text!r} ({self.within})"


def hits(places: Iterable[Path], texts: Iterable[str], allowed: Iterable[Path] = ()) -> list[Hit]:
    """Every text in every file under `places`, also in the names of files, but for those under `allowed`."""
    needles = Needles(texts)
    spared = set(allowed)
    return [
        hit
        for path in files_under(places)
        if not spared & {path, *path.parents}
        for hit in dict.fromkeys(_hits_of(path, needles))
    ]


def files_under(places: Iterable[Path]) -> list[Path]:
    """The files that lie there, links left aside."""
    found = [path for place in places for path in ([place] if place.is_file() else place.rglob("*"))]
    return sorted({path for path in found if path.is_file() and not path.is_symlink()})


class Needles:
    """Texts in all the ways in which bytes may spell them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts: dict[bytes, str] = {}
        for text in texts:
            if len(text) < 2:
                raise ValueError(f"{text!r} is too short to be told from chance")
            self._texts |= dict.fromkeys(_spellings(text), text)
        self._first, self._second = np.zeros(1 << 16, bool), np.zeros(1 << 16, bool)
        self._by_beginning: dict[bytes, list[bytes]] = {}
        for spelling in self._texts:
            self._first[spelling[0] | spelling[1] << 8] = True
            self._second[spelling[2] | spelling[3] << 8] = True
            self._by_beginning.setdefault(spelling[:4], []).append(spelling)

    def within(self, data: bytes) -> set[str]:
        """The texts that these bytes hold."""
        if len(self._texts) <= FEW:
            return {text for spelling, text in self._texts.items() if spelling in data}
        return {self._texts[spelling] for spelling in self._candidates(data)}

    def _candidates(self, data: bytes) -> Iterator[bytes]:
        """All at once: where the first four bytes may be those of a text, it is compared."""
        if len(data) < 4:
            return
        signs = np.frombuffer(data, np.uint8).astype(np.uint16)
        pairs = signs[:-1] | signs[1:] << 8
        for place in np.flatnonzero(self._first[pairs[:-2]] & self._second[pairs[2:]]):
            for spelling in self._by_beginning.get(data[place : place + 4], ()):
                if data.startswith(spelling, place):
                    yield spelling


def _spellings(text: str) -> set[bytes]:
    """At least four bytes each."""
    written = {text, text.lower(), text.upper(), json.dumps(text)[1:-1], quote(text), quote_plus(text)}
    found = {form.encode(encoding) for form in written for encoding in ENCODINGS}
    return {spelling for spelling in found if len(spelling) >= 4}


def _hits_of(path: Path, needles: Needles) -> Iterator[Hit]:
    for text in needles.within(str(path).encode()):
        yield Hit(path, text, "its name")
    data = path.read_bytes()
    for within, piece in _pieces(data, "bytes", DEPTH):
        for text in needles.within(piece):
            yield Hit(path, text, within)
    for within, piece in _rows_of(path, data):
        for text in needles.within(piece):
            yield Hit(path, text, within)


def _pieces(data: bytes, within: str, depth: int) -> Iterator[tuple[str, bytes]]:
    """The bytes, and what they are a packing of."""
    yield within, data
    if not depth:
        return
    for inner, piece in _unpacked(data):
        yield from _pieces(piece, f"{within} > {inner}", depth - 1)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    for magic, kind in COMPRESSED.items():
        if data.startswith(magic):
            with pa.input_stream(io.BytesIO(data), compression=kind) as stream:
                yield kind, stream.read()
    if data.startswith(ZLIB):
        try:
            yield "zlib", zlib.decompress(data)
        except zlib.error:
            return
    if data.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name, archive.read(name)


def _rows_of(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The values of a file of tables, whose pages may compress or split them."""
    if data.startswith(b"PAR1"):
        yield from _rows_of_parquet(data)
    elif data[8:12] == b"DUCK":
        yield from _rows_of_duckdb(path)
    elif data.startswith(b"SQLite format 3"):
        yield from _rows_of_sqlite(path)


def _rows_of_parquet(data: bytes) -> Iterator[tuple[str, bytes]]:
    file = pq.ParquetFile(io.BytesIO(data))
    yield "metadata", repr(file.schema_arrow.metadata).encode() + str(file.metadata.metadata).encode()
    for name, column in zip(file.schema_arrow.names, file.read().columns, strict=True):
        yield f"column {name}", _joined(column.to_pylist())


def _rows_of_duckdb(path: Path) -> Iterator[tuple[str, bytes]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name, comment from duckdb_tables() where not internal"
        ).fetchall()
        yield "comments", _joined(connection.execute("select comment from duckdb_columns()").fetchall() + tables)
        for table, _ in tables:
            for name, *_ in connection.execute(f"describe {table}").fetchall():
                values = connection.execute(f'select distinct cast("{name}" as varchar) from {table}').fetchall()
                yield f"{table}.{name}", _joined(value for (value,) in values)


def _rows_of_sqlite(path: Path) -> Iterator[tuple[str, bytes]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'select * from "{table}"'):
                for value in row:
                    if isinstance(value, bytes):
                        yield from _pieces(value, table, DEPTH)
                yield table, _joined(row)


def _joined(values: Iterable[object]) -> bytes:
    return "\n".join(str(value) for value in values if value is not None).encode("utf-8", "surrogateescape")
