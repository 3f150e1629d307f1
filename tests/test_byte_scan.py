"""The scan that other tests rely on finds a text wherever it can hide."""

import bz2
import gzip
import json
import pickle
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.byte_scan import hits

NAME = "Plantagen Ürsel 普兰塔"


def gz_in_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv.gz", gzip.compress(NAME.encode()))


def parquet(path: Path) -> None:
    duckdb.sql(f"copy (select [{{'who': '{NAME}'}}] as rows) to '{path}' (format parquet, compression zstd)")


def parquet_metadata(path: Path) -> None:
    duckdb.sql(f"copy (select 1 as one) to '{path}' (format parquet, kv_metadata {{said: '{NAME}'}})")


def database(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"create table names as select '{NAME}' as name from range(100000)")


def comment(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table names (name varchar)")
        connection.execute(f"comment on column names.name is '{NAME}'")


def sqlite(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("create table events (event text, body blob)")
        connection.execute("insert into events values (?, ?)", ["-" * 5_000, zlib.compress(pickle.dumps([NAME]))])


HIDDEN: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text(f"a {NAME} b"),
    "GB18030": lambda path: path.write_bytes(f"a {NAME} b".encode("gb18030")),
    "UTF-16": lambda path: path.write_text(NAME, encoding="utf-16"),
    "lower case": lambda path: path.write_text(NAME.lower()),
    "JSON": lambda path: path.write_text(json.dumps({"who": NAME})),
    "gzip": lambda path: path.write_bytes(gzip.compress(NAME.encode())),
    "bzip2": lambda path: path.write_bytes(bz2.compress(NAME.encode())),
    "gzip in zip": gz_in_zip,
    "Parquet": parquet,
    "Parquet's metadata": parquet_metadata,
    "DuckDB": database,
    "DuckDB's comments": comment,
    "SQLite": sqlite,
}


@pytest.mark.parametrize("others", [0, 100], ids=["alone", "among many"])
@pytest.mark.parametrize("how", HIDDEN)
def test_a_text_is_found_wherever_it_hides(how: str, others: int, tmp_path: Path) -> None:
    HIDDEN[how](tmp_path / "file")
    texts = [NAME, *(f"another {number}" for number in range(others))]
    assert {hit.text for hit in hits([tmp_path], texts)} == {NAME}


def test_it_is_found_in_the_name_of_a_file_and_not_where_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "part").write_text(NAME)
    (tmp_path / f"{NAME}.csv").write_text("")
    assert [hit.within for hit in hits([tmp_path], [NAME], allowed=[tmp_path / "lake"])] == ["its name"]


def test_what_is_nowhere_is_not_found(tmp_path: Path) -> None:
    database(tmp_path / "file")
    assert hits([tmp_path], ["Somebody Else"]) == []
