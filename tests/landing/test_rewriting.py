"""A file is written back without some rows and is else what it was, byte for byte where it is text."""

import gzip
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.landing.file_form import FileForm
from pipelines.landing.formats.rewriting import CannotRewrite, rewrite

FORM = FileForm(pattern="*")
TEXTS = {
    "plain.csv": (b"id,text\n1,a\n2,b\n3,c\n", b"id,text\n1,a\n3,c\n"),
    "windows.csv": (b"id,text\r\n1,a\r\n2,b\r\n3,c", b"id,text\r\n1,a\r\n3,c"),
    "quoted.csv": (b'id,text\n1,"a\nb"\n2,"c\nd"\n3,"x"\n', b'id,text\n1,"a\nb"\n3,"x"\n'),
    "blank.csv": (b"id,text\n1,a\n\n2,b\n3,c\n", b"id,text\n1,a\n\n3,c\n"),
    "broken.csv": (b'id,text\n1,a,b,c\n2,b\n3,"c\n', b'id,text\n1,a,b,c\n3,"c\n'),
    "tabs.tsv": (b"id\ttext\n1\ta\n2\tb\n3\tc\n", b"id\ttext\n1\ta\n3\tc\n"),
    "chinese.csv": ("id,名\n1,李\n2,王\n3,张\n".encode("gb18030"), "id,名\n1,李\n3,张\n".encode("gb18030")),
    "marked.csv": (b"\xef\xbb\xbfid,text\n1,a\n2,b\n", b"\xef\xbb\xbfid,text\n1,a\n"),
    "wide.csv": ("id,text\n1,a\n2,b\n3,c\n".encode("utf-16"), "id,text\n1,a\n3,c\n".encode("utf-16")),
    "lines.jsonl": (b'{"id": 1}\n{"id": 2}\n\n{"id": 3.10}\n', b'{"id": 1}\n\n{"id": 3.10}\n'),
    "array.json": (b'[{"id": 1.10}, {"id": 2}, {"id": 3}]', b'[\n{"id": 1.10},\n{"id": 3}\n]'),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_loses_the_row_and_nothing_else(name: str, tmp_path: Path) -> None:
    before, after = TEXTS[name]
    (tmp_path / name).write_bytes(before)
    rewrite(tmp_path / name, name, FORM, {2}, tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == after


def test_packed_files_are_packed_again_and_always_to_the_same_bytes(tmp_path: Path) -> None:
    before, after = TEXTS["plain.csv"]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(before))
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", before)
    for name in ("a.csv.gz", "a.zip"):
        for new in ("one", "two"):
            rewrite(tmp_path / name, name, FORM, {2}, tmp_path / new)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
        if name.endswith(".gz"):
            assert gzip.decompress((tmp_path / "one").read_bytes()) == after
        else:
            assert zipfile.ZipFile(tmp_path / "one").read("a.csv") == after


def test_parquet_keeps_its_schema(tmp_path: Path) -> None:
    table = pa.table({"id": pa.array([1, 2, 3], pa.int32()), "text": ["a", "b", "c"]})
    pq.write_table(table, tmp_path / "a.parquet")
    rewrite(tmp_path / "a.parquet", "a.parquet", FORM, {2}, tmp_path / "new")
    assert pq.read_table(tmp_path / "new").equals(table.take([0, 2]))


def test_a_spreadsheet_is_not_written_back(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    with pytest.raises(CannotRewrite):
        rewrite(tmp_path / "a.xlsx", "a.xlsx", FORM, {2}, tmp_path / "new")
