"""Looks whether anything in a data directory still names an erased person: every row and every byte. Mends nothing.

Only hashes of the persons are known, so whatever could be an identifier is hashed and looked up.
"""

import gzip
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from pipelines.folders import DataFolder
from pipelines.landing.erased.register import HASHES_TABLE, Register, keyed
from pipelines.landing.sql import as_plain_path, identifier, literal

# columns whose values are compared as the register has them
KINDS = {
    "account_key": "account",
    "customer_id": "customer",
    "order_id": "order",
    "email_normalized": "email",
    "phone_normalized": "phone",
    "guest_email_normalized": "email",
    "guest_phone_normalized": "phone",
}
WITH_SOURCE = {"account_id": "account", "order_id": "order"}
EMAIL = re.compile(rb"[^\s\"',;<>()\[\]{}|\\]{1,64}@[A-Za-z0-9.-]{1,128}")
CUSTOMER = re.compile(rb"c_[0-9a-f]{16}")
PHONE = re.compile(rb"\+[0-9]{7,15}")
PATTERNS = ((EMAIL, "email"), (CUSTOMER, "customer"), (PHONE, "phone"))
CHUNK, OVERLAP = 1 << 24, 256
DATABASES, TABLES = (".duckdb",), (".parquet",)


def traces(register: Register, folder: DataFolder) -> list[str]:
    """One sentence for each file that still names an erased person, and how often; none when nothing is left."""
    found = []
    for file in sorted(folder.home.rglob("*")):
        if file.is_symlink() or not file.is_file() or file == folder.erased:
            continue
        if count := _count(register, file):
            found.append(f"{file.relative_to(folder.home)}: {count:,}")
    return found


def _count(register: Register, file: Path) -> int:
    if file.suffix in DATABASES:
        return sum(_count_database(register, file))
    count = _count_bytes(register, file)
    if file.suffix in TABLES:
        with duckdb.connect() as connection:
            register.open_on(connection)
            count += _count_rows(connection, f"read_parquet({literal(as_plain_path(file))})")
    return count


def _count_database(register: Register, file: Path) -> Iterator[int]:
    """Tables only: what a view shows lies elsewhere."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(file)} as looked_at (read_only)")
        register.open_on(connection)
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'looked_at'"
        ).fetchall()
        for schema, name in tables:
            yield _count_rows(connection, f"looked_at.{identifier(schema)}.{identifier(name)}")


def _count_rows(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    """How many cells of the relation, each value once, are an erased identifier."""
    described = connection.execute(f"describe from {relation}").fetchall()
    texts = [name for name, kind, *_ in described if kind == "VARCHAR" or kind.startswith("ENUM")]
    asked = [(kind, identifier(name)) for name, kind in KINDS.items() if name in texts]
    if "source_name" in texts:
        asked += [
            (kind, f"source_name || ':' || {identifier(name)}") for name, kind in WITH_SOURCE.items() if name in texts
        ]
    for name in texts:
        asked += [("email", f"case when contains({identifier(name)}, '@') then lower(trim({identifier(name)})) end")]
        asked += [("customer", f"case when {identifier(name)} like 'c\\_%' escape '\\' then {identifier(name)} end")]
        asked += [("phone", f"case when {identifier(name)} like '+%' then {identifier(name)} end")]
    return sum(_hits(connection, kind, value, relation) for kind, value in dict.fromkeys(asked))


def _hits(connection: duckdb.DuckDBPyConnection, kind: str, value: str, relation: str) -> int:
    known = f"select hash from {HASHES_TABLE} where kind = {literal(kind)}"
    [(count,)] = connection.execute(
        f"select count(*) from (select distinct {value} as value from {relation}) "
        f"where value is not null and {keyed(kind, 'value')} in ({known})"
    ).fetchall()
    return int(count)


def _count_bytes(register: Register, file: Path) -> int:
    return len(
        {
            found
            for chunk in _chunks(file)
            for pattern, kind in PATTERNS
            for found in set(pattern.findall(chunk))
            if register.holds(kind, found.decode("utf-8", "replace").lower())
        }
    )


def _chunks(file: Path) -> Iterator[bytes]:
    """The bytes, unpacked where they are packed, in pieces that overlap."""
    streams = []
    if file.suffix == ".gz":
        streams = [gzip.open(file, "rb")]
    elif file.suffix in (".zip", ".xlsx") and zipfile.is_zipfile(file):
        archive = zipfile.ZipFile(file)
        streams = [archive.open(member) for member in archive.infolist() if not member.is_dir()]
    for stream in streams or [file.open("rb")]:
        tail = b""
        with stream:
            while piece := stream.read(CHUNK):
                yield tail + piece
                tail = piece[-OVERLAP:]
