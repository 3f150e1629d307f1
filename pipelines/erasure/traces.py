"""Looks whether anything in a data directory still names an erased person: every row and every byte. Mends nothing.

Only hashes of the persons are known, so whatever could be an identifier is hashed and looked up.
"""

import gzip
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import IO, cast

import duckdb

from pipelines.folders import DataFolder
from pipelines.landing.erased.register import HASHES_TABLE, Register, keyed
from pipelines.landing.sql import as_plain_path, identifier, literal

# columns whose values are compared as the register has them
COLUMNS = {"account_key": "account", "customer_id": "customer", "order_id": "order"}
WITH_SOURCE = {"account_id": "account", "order_id": "order"}
# what a text looks like that may be one, whichever column it stands in
LIKE = {"email": r"%@%", "customer": r"c\_%", "phone": r"+%"}
CUSTOMER = re.compile(rb"c_[0-9a-f]{16}")
PHONE = re.compile(rb"\+[0-9]{7,15}")
BEFORE_AT = re.compile(rb"[^\s\"',;<>()\[\]{}|\\:=]{1,64}$")
AFTER_AT = re.compile(rb"[A-Za-z0-9.-]{1,128}")
CHUNK, OVERLAP = 1 << 24, 256


def traces(register: Register, folder: DataFolder) -> list[str]:
    """A text for each file that still names an erased person, and how often; none when nothing is left."""
    found = []
    with duckdb.connect() as connection:
        register.open_on(connection)
        for file in sorted(folder.home.rglob("*")):
            if file.is_symlink() or not file.is_file() or file == folder.erased:
                continue
            if count := _count(connection, register, file):
                found.append(f"{file.relative_to(folder.home)}: {count:,}")
    return found


def _count(connection: duckdb.DuckDBPyConnection, register: Register, file: Path) -> int:
    if file.suffix == ".duckdb":
        return sum(_count_database(connection, file))
    count = _count_bytes(register, file)
    if file.suffix == ".parquet":
        count += _count_rows(connection, f"read_parquet({literal(as_plain_path(file))})")
    return count


def _count_database(connection: duckdb.DuckDBPyConnection, file: Path) -> Iterator[int]:
    """Tables only: what a view shows lies elsewhere."""
    connection.execute(f"attach {literal(file)} as looked_at (read_only)")
    try:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'looked_at'"
        ).fetchall()
        for schema, name in tables:
            yield _count_rows(connection, f"looked_at.{identifier(schema)}.{identifier(name)}")
    finally:
        connection.execute("detach looked_at")


def _count_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many values of the relation are an erased identifier: each value is hashed once, in one go for a table."""
    described = connection.execute(f"describe from {relation}").fetchall()
    texts = [name for name, kind, *_ in described if kind == "VARCHAR" or kind.startswith("ENUM")]
    asked = [(kind, identifier(name), "true") for name, kind in COLUMNS.items() if name in texts]
    if "source_name" in texts:
        asked += [
            (kind, f"source_name || ':' || {identifier(name)}", "true")
            for name, kind in WITH_SOURCE.items()
            if name in texts
        ]
    for name in map(identifier, texts):
        asked += [(kind, name, rf"{name} like '{like}' escape '\'") for kind, like in LIKE.items()]
    if not asked:
        return 0
    return sum(_hits(connection, kind, value, relation, condition) for kind, value, condition in asked)


def _hits(connection: duckdb.DuckDBPyConnection, kind: str, value: str, relation: str, condition: str) -> int:
    plain = f"lower(trim({value}))" if kind == "email" else f"cast({value} as varchar)"
    [(count,)] = connection.execute(
        f"select count(*) from (select distinct {plain} as value from {relation} where {condition}) "
        f"where value is not null and {keyed(kind, 'value')} in "
        f"(select hash from {HASHES_TABLE} where kind = {literal(kind)})"
    ).fetchall()
    return int(count)


def _count_bytes(register: Register, file: Path) -> int:
    named: set[tuple[str, bytes]] = set()
    for stream in _streams(file):
        for chunk in _chunks(stream):
            named |= {("customer", one) for one in CUSTOMER.findall(chunk)}
            named |= {("phone", one) for one in PHONE.findall(chunk)}
            named |= {("email", one) for one in _addresses(chunk)}
    return sum(register.holds(kind, one.decode("utf-8", "replace").lower()) for kind, one in named)


def _addresses(chunk: bytes) -> Iterator[bytes]:
    pieces = chunk.split(b"@")
    for before, after in pairwise(pieces):
        local, domain = BEFORE_AT.search(before[-64:]), AFTER_AT.match(after)
        if local and domain and b"." in domain[0]:
            yield local[0] + b"@" + domain[0]


def _streams(file: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked where they are packed."""
    if file.suffix in (".zip", ".xlsx") and zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    with archive.open(member) as inner:
                        yield inner
    else:
        with _opened(file) as stream:
            yield stream


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    if file.suffix == ".gz":
        with gzip.open(file, "rb") as packed:
            yield cast(IO[bytes], packed)
    else:
        with file.open("rb") as plain:
            yield plain


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Pieces that overlap, so that nothing is cut in two."""
    tail = b""
    while piece := stream.read(CHUNK):
        yield tail + piece
        tail = piece[-OVERLAP:]
