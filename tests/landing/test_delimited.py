"""Delimited text of real shops: headers that repeat or are missing, surplus fields, delimiters told or found."""

from pathlib import Path
from typing import Any

import pytest

from pipelines.problems import BadInput
from tests.landing.reading import columns_of, land, rows_of

TAOBAO = (
    '"订单编号","标题","价格"\n="35153131473290001","示例锅","239.00",\n="35153131473290002","示例锅，大","12.00",\n'
)


def landed_rows(folder: Path, text: str, **declared: Any) -> tuple[list[tuple], list[tuple]]:
    (folder / "orders.csv").write_text(text, "utf-8")
    return rows_of(land(folder / "orders.csv", folder, **declared))


def refusal(folder: Path, text: str, **declared: Any) -> str:
    with pytest.raises(BadInput) as refused:
        landed_rows(folder, text, **declared)
    message = str(refused.value)
    assert message.startswith("orders.csv")
    assert "\n" not in message
    return message


def test_rows_that_end_in_one_empty_field_more_than_the_header_are_read_and_that_is_told(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(TAOBAO.encode("gb18030"))
    landed = land(tmp_path / "orders.csv", tmp_path)
    rows, unreadable = rows_of(landed)
    assert rows == [('="35153131473290001"', "示例锅", "239.00"), ('="35153131473290002"', "示例锅，大", "12.00")]
    assert unreadable == []
    assert landed.remarks == ("most rows end in one empty field more than the header has: it is dropped",)


def test_a_surplus_field_that_holds_something_stays_unreadable(tmp_path: Path) -> None:
    rows, unreadable = landed_rows(tmp_path, "a,b\n1,2,\n3,4,\n5,6,7\n8,9,,\n")
    assert rows == [("1", "2"), ("3", "4")]
    assert [row[:2] for row in unreadable] == [(3, "5,6,7"), (4, "8,9,,")]


def test_a_single_row_with_a_surplus_field_may_hold_an_unquoted_comma_and_is_not_guessed_at(tmp_path: Path) -> None:
    rows, unreadable = landed_rows(tmp_path, "id,name,note\n1,Ann,x\n2,Example, Ltd,\n3,Bob,y\n")
    assert rows == [("1", "Ann", "x"), ("3", "Bob", "y")]
    assert [row[:2] for row in unreadable] == [(2, "2,Example, Ltd,")]


def test_a_name_that_stands_twice_in_the_header_is_numbered_and_told(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("分销员,订单号,分销员,ID,id,id_2\n甲,1,乙,a,b,c\n", "utf-8")
    landed = land(tmp_path / "orders.csv", tmp_path)
    assert columns_of(landed) == ["分销员", "订单号", "分销员_2", "ID", "id_3", "id_2"]
    assert rows_of(landed)[0] == [("甲", "1", "乙", "a", "b", "c")]
    assert landed.remarks == (
        "the name '分销员' stands in the header again: column 3 is read as '分销员_2'",
        "the name 'id' stands in the header again: column 5 is read as 'id_3'",
    )


@pytest.mark.parametrize("value", ["ann@example.com", "13800000000"])
def test_a_first_record_that_is_taken_for_a_header_is_not_told(value: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"1,{value},{value}\n2,x,y\n")
    [remark] = land(tmp_path / "orders.csv", tmp_path).remarks
    assert remark == "a name stands in the header again: column 3 is numbered (is the first line a header?)"


def test_nameless_columns_never_collide_with_named_ones(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("column_2,,column_2\n1,2,3\n")
    assert columns_of(land(tmp_path / "orders.csv", tmp_path)) == ["column_2", "column_2_2", "column_2_3"]


@pytest.mark.parametrize(("mark", "line"), [(";", "sep=;"), (",", "sep=,"), ("\t", "SEP=\t"), ("^", '"sep=^"')])
def test_the_line_by_which_excel_is_told_the_delimiter_is_obeyed_and_is_no_row(
    tmp_path: Path, mark: str, line: str
) -> None:
    text = f"\ufeff{line}\r\n" + "id|a,b;c^d\r\n1|2\r\n".replace("|", mark)
    rows, unreadable = landed_rows(tmp_path, text.replace("a,b;c^d", "name"))
    assert rows == [("1", "2")]
    assert unreadable == []


@pytest.mark.parametrize("mark", ["^", "~", ":", "\x01", "，"])
def test_an_unusual_delimiter_is_named_with_the_mend(tmp_path: Path, mark: str) -> None:
    text = "order_id|account_id|total\n1|a|2.50\n2|b|3\n".replace("|", mark)
    message = refusal(tmp_path, text)
    assert f"has {mark!r} between its columns" in message
    assert f"delimiter: {mark!r}" in message


def test_a_declared_delimiter_is_obeyed(tmp_path: Path) -> None:
    rows, unreadable = landed_rows(tmp_path, "id^name\n1^a,b;c|d\n", delimiter="^")
    assert rows == [("1", "a,b;c|d")]
    assert unreadable == []


def test_a_file_of_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    assert landed_rows(tmp_path, "email\na@example.com\nb@example.com\n")[0] == [("a@example.com",), ("b@example.com",)]


def test_a_file_without_a_header_line_takes_its_names_from_the_declaration(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("1,2268318,pv,1511544070\n1,2333346,buy\n2,2576651,pv,1511572885\n")
    landed = land(tmp_path / "orders.csv", tmp_path, header=["user_id", "item_id", "kind", "at"])
    rows, unreadable = rows_of(landed)
    assert columns_of(landed) == ["user_id", "item_id", "kind", "at"]
    assert rows == [("1", "2268318", "pv", "1511544070"), ("2", "2576651", "pv", "1511572885")]
    assert [row[:2] for row in unreadable] == [(2, "1,2333346,buy")]


def test_lines_that_explain_the_header_are_part_of_it_and_no_rows(tmp_path: Path) -> None:
    text = 'id,total,note\n , ,"收入\n+支出"\n1,2.50,x\n2,3,y\n'
    rows, unreadable = landed_rows(tmp_path, text, skip_lines_after_header=1)
    assert rows == [("1", "2.50", "x"), ("2", "3", "y")]  # numbered from 1: read() insists
    assert unreadable == []


def test_more_columns_than_any_table_has_are_refused(tmp_path: Path) -> None:
    assert "10,001 columns" in refusal(tmp_path, ",".join(f"c{number}" for number in range(10_001)) + "\n")


def test_a_file_of_nothing_but_line_ends_is_refused_at_its_first_mebibytes(tmp_path: Path) -> None:
    assert "blank characters" in refusal(tmp_path, "\n" * (3 << 20))
    (tmp_path / "work").rmdir()
    assert "blank characters" in refusal(tmp_path, "id\n1\n" + "\r\n" * (2 << 20) + "2\n")
