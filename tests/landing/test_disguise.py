"""A file whose name says one thing and whose bytes say another is told what it is, and how to name it."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.problems import BadInput
from tests.landing.reading import read
from tests.landing.workbook import write_workbook

TEXT = "order_id,total\n1,2\n"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.csv", TEXT)


def zipped_unreadably(path: Path) -> None:
    """As Windows packs what is large: by Deflate64, method 9."""
    zipped(path)
    raw = bytearray(path.read_bytes())
    raw[8] = raw[raw.index(b"PK\x01\x02") + 10] = 9
    path.write_bytes(raw)


def workbook(path: Path) -> None:
    write_workbook(path, [["order_id"], ["1"]])


def parquet(path: Path) -> None:
    duckdb.sql("select 1 as order_id").write_parquet(str(path))


DISGUISED: dict[str, tuple[Callable[[Path], object], str]] = {
    "array.csv": (lambda path: path.write_text('[{"order_id": 1}]'), "is JSON: name it .json"),
    "object.csv": (lambda path: path.write_text('\n{"order_id": 1}\n'), "is JSON: name it .json"),
    "packed.csv": (lambda path: path.write_bytes(gzip.compress(TEXT.encode())), "is packed by gzip: name it so"),
    "packed.json": (lambda path: path.write_bytes(gzip.compress(b"{}")), "is packed by gzip: name it so"),
    "zip.csv": (zipped, "is a .zip archive: name it so"),
    "workbook.csv": (workbook, "is an Excel workbook: name it .xlsx"),
    "workbook.xls": (workbook, "is an Excel workbook: name it .xlsx"),
    "workbook.zip": (workbook, "is an Excel workbook: name it .xlsx"),
    "table.csv": (parquet, "is a Parquet file: name it .parquet"),
    "table.xlsx": (parquet, "is a Parquet file: name it .parquet"),
    "old.xls": (lambda path: path.write_bytes(OLD_WORKBOOK), "old form .xls: open it and save it as .xlsx or CSV"),
    "old.csv": (lambda path: path.write_bytes(OLD_WORKBOOK), "old form .xls"),
    "text.xls": (lambda path: path.write_text(TEXT.replace(",", "\t")), "is text, whatever its name says"),
    "page.xls": (lambda path: path.write_text("<table><tr><td>1</td></tr></table>"), "is a web page or XML"),
    "page.csv": (lambda path: path.write_text("\n<!DOCTYPE html><html></html>"), "is a web page or XML"),
    "text.csv.zip": (lambda path: path.write_text(TEXT), "is not packed though its name ends in .zip"),
    "gzip.csv.zip": (lambda path: path.write_bytes(gzip.compress(b"a")), "is packed as .gz"),
    "zip.csv.gz": (zipped, "is packed as .zip"),
    "deflate64.zip": (zipped_unreadably, "packed by a method that few programs know"),
}


@pytest.mark.parametrize("name", DISGUISED)
def test_a_file_under_a_wrong_name_is_told_what_it_is(name: str, tmp_path: Path) -> None:
    write, words = DISGUISED[name]
    write(tmp_path / name)
    with pytest.raises(BadInput) as refusal:
        read(tmp_path / name, tmp_path)
    message = str(refusal.value)
    assert message.startswith(name)
    assert words in message
    assert "\n" not in message


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = Path(f"{tmp_path}/orders\udcff.csv")
    path.write_text(TEXT)
    with pytest.raises(BadInput, match=r"^orders.*udcff\.csv: the name .* is no UTF-8 text: rename it"):
        read(path, tmp_path)
