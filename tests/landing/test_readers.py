"""Every accepted form of a file gives the same rows, and a file that cannot be used is refused with its name."""

import datetime
import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from pipelines.problems import BadInput
from tests.landing.reading import read
from tests.landing.workbook import write_workbook

ROWS = [("1", "王小明", "12.50"), ("2", 'Zoë "Zo", Ltd', None), ("3", "两行\n地址", "-7")]
TEXT = 'order_id,name,total\n1,王小明,12.50\n2,"Zoë ""Zo"", Ltd",\n3,"两行\n地址",-7\n'


def blank_as_none(rows: list[tuple]) -> list[tuple]:
    return [tuple(value or None for value in row) for row in rows]


def json_lines() -> str:
    names = ("order_id", "name", "total")
    return "".join(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n" for row in ROWS)


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/orders.csv", "junk")
        archive.writestr("export/", "")
        archive.writestr("export/orders.csv", TEXT)


FORMS: dict[str, Callable[[Path], object]] = {
    "utf_8.csv": lambda path: path.write_bytes(TEXT.encode()),
    "utf_8_with_mark.csv": lambda path: path.write_bytes(TEXT.encode("utf-8-sig")),
    "utf_16.csv": lambda path: path.write_bytes(TEXT.encode("utf-16")),
    "utf_16_big_endian_without_mark.csv": lambda path: path.write_bytes(TEXT.encode("utf-16-be")),
    "utf_16_little_endian_without_mark.csv": lambda path: path.write_bytes(TEXT.encode("utf-16-le")),
    "gb18030.csv": lambda path: path.write_bytes(TEXT.encode("gb18030")),
    "windows_line_ends.csv": lambda path: path.write_bytes(
        TEXT.replace("\n", "\r\n").replace("行\r\n", "行\n").encode()
    ),
    "blank_lines.csv": lambda path: path.write_bytes(TEXT.replace("\n2", "\n\n2").encode() + b"\n\n"),
    "no_last_line_end.csv": lambda path: path.write_bytes(TEXT.rstrip("\n").encode()),
    "tabs.tsv": lambda path: path.write_text(TEXT.replace(",", "\t").replace("Zo\"\"\t", 'Zo"",'), "utf-8"),
    "semicolons.csv": lambda path: path.write_text(TEXT.replace(",", ";").replace('Zo"";', 'Zo"",'), "utf-8"),
    "bars.txt": lambda path: path.write_text(TEXT.replace(",", "|").replace('Zo""|', 'Zo"",'), "utf-8"),
    "gzip.csv.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode("gb18030"))),
    "zip.csv.zip": zipped,
    "lines.jsonl": lambda path: path.write_text(json_lines(), "utf-8"),
    "lines.ndjson.gz": lambda path: path.write_bytes(gzip.compress(json_lines().encode())),
    "sheet.xlsx": lambda path: write_workbook(path, [["order_id", "name", "total"], *ROWS]),
    "table.parquet": lambda path: duckdb.sql(
        "select * from (values (1, '1', '王小明', '12.50'), (2, '2', 'Zoë \"Zo\", Ltd', null), "
        "(3, '3', '两行\n地址', '-7')) as t(n, order_id, name, total) order by n"
    ).project("order_id, name, total").write_parquet(str(path)),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_gives_the_same_rows(form: str, tmp_path: Path) -> None:
    FORMS[form](tmp_path / form)
    rows, unreadable = read(tmp_path / form, tmp_path)
    assert blank_as_none(rows) == ROWS
    assert unreadable == []


def test_the_name_of_a_file_may_hold_marks_that_mean_something_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "a [b] it's * ?"
    folder.mkdir()
    duckdb.sql("select 'x' as a").write_parquet(str(tmp_path / "plain.parquet"))
    (tmp_path / "plain.parquet").rename(folder / "o[1]'*.parquet")
    assert read(folder / "o[1]'*.parquet", folder)[0] == [("x",)]


def test_the_declared_encoding_counts_only_where_the_text_does_not_tell(tmp_path: Path) -> None:
    (tmp_path / "west.csv").write_bytes("name,city\nZoë,Orléans\n".encode("cp1252"))
    assert read(tmp_path / "west.csv", tmp_path, "cp1252")[0] == [("Zoë", "Orléans")]
    (tmp_path / "east.csv").write_bytes(TEXT.encode())
    (tmp_path / "second").mkdir()
    assert blank_as_none(read(tmp_path / "east.csv", tmp_path / "second", "cp1252")[0]) == ROWS


def test_bytes_that_are_no_text_cost_only_their_own_row(tmp_path: Path) -> None:
    lines = [f"{number},客户{number}".encode() for number in range(1, 7)]
    lines[3] = "4,客户".encode() + b"\xff\xfe"
    (tmp_path / "orders.csv").write_bytes(b"id,name\n" + b"\n".join(lines) + b"\n")
    rows, unreadable = read(tmp_path / "orders.csv", tmp_path)
    assert [row[0] for row in rows] == ["1", "2", "3", "5", "6"]
    [(number, original, detail)] = unreadable
    assert number == 4
    assert "客户" in original
    assert "udcff" in original
    assert "column name" in detail


def test_a_row_with_too_many_or_too_few_fields_is_unreadable_and_keeps_its_place(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("a,b,c\n1,2,3\n1,2\n1,2,3,4\n5,6,7\n")
    rows, unreadable = read(tmp_path / "orders.csv", tmp_path)
    assert rows == [("1", "2", "3"), ("5", "6", "7")]
    assert [row[:2] for row in unreadable] == [(2, "1,2"), (3, "1,2,3,4")]
    assert "4 fields where the header has 3" in unreadable[1][2]


@pytest.mark.parametrize("broken", ['2,"never closed,x', '2,"closed"too early,x'])
def test_a_broken_quote_costs_only_its_own_line(tmp_path: Path, broken: str) -> None:
    (tmp_path / "orders.csv").write_text(f'a,b,c\n1,x,y\n{broken}\n3,"quo""ted",z\n4,x,y\n')
    rows, unreadable = read(tmp_path / "orders.csv", tmp_path)
    assert rows == [("1", "x", "y"), ("3", 'quo"ted', "z"), ("4", "x", "y")]
    assert [row[:2] for row in unreadable] == [(2, broken)]


def test_a_field_of_several_lines_counts_as_one_row(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text('a,b\n1,"one\ntwo\nthree"\n2\n3,x\n')
    rows, unreadable = read(tmp_path / "orders.csv", tmp_path)
    assert rows == [("1", "one\ntwo\nthree"), ("3", "x")]
    assert unreadable[0][0] == 2


def test_more_rows_than_one_batch_keep_their_order_and_numbers(tmp_path: Path) -> None:
    count = 45_000
    body = "".join(f"{number}\n" if number % 1000 == 0 else f"{number},x\n" for number in range(1, count + 1))
    (tmp_path / "orders.csv").write_text("id,name\n" + body)
    rows, unreadable = read(tmp_path / "orders.csv", tmp_path)
    assert [row[0] for row in unreadable] == list(range(1000, count + 1, 1000))
    assert [int(row[0]) for row in rows] == [number for number in range(1, count + 1) if number % 1000]


def test_members_of_json_lines_may_come_and_go(tmp_path: Path) -> None:
    lines = ['{"a": 1.50, "b": true}', "not json", '{"c": {"名": [1]}, "a": null}', '["a"]', '{"": 1}', '{"a": "x"}']
    (tmp_path / "orders.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    rows, unreadable = read(tmp_path / "orders.jsonl", tmp_path)
    assert rows == [("1.50", "true", None), (None, None, '{"名": ["1"]}'), ("x", None, None)]
    assert [row[:2] for row in unreadable] == [(2, "not json"), (4, '["a"]'), (5, '{"": 1}')]


def test_a_spreadsheet_gives_whole_numbers_and_dates_as_they_are_shown(tmp_path: Path) -> None:
    day = datetime.datetime(2024, 2, 29, 18, 30)
    header, blank = ["id", "at", "total"], [None, None, None]
    rows: list[list] = [blank, header, [7, day, 12.5], blank, [123456789012, day, 0.1]]
    write_workbook(tmp_path / "orders.xlsx", rows)
    assert read(tmp_path / "orders.xlsx", tmp_path)[0] == [
        ("7", "2024-02-29 18:30:00", "12.5"),
        ("123456789012", "2024-02-29 18:30:00", "0.1"),
    ]


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("a,b\n")
    assert read(tmp_path / "orders.csv", tmp_path) == ([], [])


def damaged_zip(path: Path) -> None:
    zipped(path)
    path.write_bytes(path.read_bytes()[:60])


def two_in_one(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", TEXT)
        archive.writestr("b.csv", TEXT)


UNUSABLE: dict[str, tuple[Callable[[Path], object], str]] = {
    "orders.csv": (lambda path: path.write_bytes(b""), "is empty"),
    "blank.csv": (lambda path: path.write_bytes(b"\n\n"), "is empty"),
    "taken.csv": (lambda path: path.write_text("id,row_number\n1,2\n"), "column 2: the name 'row_number' is taken"),
    "quote.csv": (lambda path: path.write_text('"a"b,c\n1,2\n'), "header"),
    "west.csv": (lambda path: path.write_bytes("n,c\né,é\nü,ü\n".encode("cp1252")), "name its encoding in source.yml"),
    "cut.csv.gz": (lambda path: path.write_bytes(gzip.compress(TEXT.encode() * 99)[:-20]), "damaged or was cut off"),
    "not.csv.gz": (lambda path: path.write_text(TEXT), "is not packed though its name ends in .gz: take .gz off"),
    "cut.zip": (damaged_zip, "damaged or was cut off"),
    "two.zip": (two_in_one, "holds 2 files"),
    "not.parquet": (lambda path: path.write_text(TEXT), "is text, whatever its name says: name it .csv"),
    "not.xlsx": (lambda path: path.write_text(TEXT), "is text, whatever its name says: name it .csv"),
    "empty.xlsx": (lambda path: write_workbook(path, []), "is empty"),
    "orders.pdf": (lambda path: path.write_text("%PDF"), "is a PDF"),
    "orders.doc": (lambda path: path.write_text("words"), "of no format we accept"),
    "broken.parquet": (lambda path: path.write_bytes(b"PAR1" * 9), "not a readable Parquet file"),
    "broken.xlsx": (lambda path: path.write_bytes(b"PK\x03\x04" * 9), "not a readable Excel workbook"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_cannot_be_used_is_refused_in_one_line_with_its_name(name: str, tmp_path: Path) -> None:
    write, words = UNUSABLE[name]
    write(tmp_path / name)
    with pytest.raises(BadInput) as refusal:
        read(tmp_path / name, tmp_path)
    message = str(refusal.value)
    assert message.startswith(name)
    assert words in message
    assert "\n" not in message
