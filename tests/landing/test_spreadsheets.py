"""What a workbook shows must not come out as another value or as none: errors, formulas, rounded ids, more sheets."""

from pathlib import Path

import pytest

from pipelines.landing.formats.table import UnreadSheet
from tests.landing.reading import columns_of, land, read, rows_of
from tests.landing.workbook import COMPUTED, FORMULA_WITHOUT_VALUE, Verbatim, error, write_workbook

HEADER = ["id", "total", "note"]


@pytest.mark.parametrize("text", ["#DIV/0!", "#N/A", "#VALUE!", "#REF!"])
def test_a_row_with_an_error_is_unreadable_and_names_the_column(text: str, tmp_path: Path) -> None:
    write_workbook(tmp_path / "orders.xlsx", [HEADER, ["1", 2.5, "x"], ["2", error(text), "y"], ["3", COMPUTED, "z"]])
    rows, unreadable = read(tmp_path / "orders.xlsx", tmp_path)
    assert rows == [("1", "2.5", "x"), ("3", "2", "z")]
    assert unreadable == [(2, "2\t\ty", f"column total holds the error {text}")]


def test_a_row_with_a_formula_that_was_never_computed_is_unreadable(tmp_path: Path) -> None:
    rows = [HEADER, ["1", FORMULA_WITHOUT_VALUE, "x"], ["2", 7, Verbatim('<f>""</f><v></v>', "str")]]
    write_workbook(tmp_path / "orders.xlsx", rows)
    rows, unreadable = read(tmp_path / "orders.xlsx", tmp_path)
    assert rows == [("2", "7", None)]
    assert unreadable == [(1, "1\t\tx", "column total holds a formula whose value was never saved")]


def test_rows_of_nothing_but_spoiled_cells_are_rows_too(tmp_path: Path) -> None:
    body = [
        [None],
        [None, "id", "total"],
        [],
        [None, FORMULA_WITHOUT_VALUE],
        [None, "1", "2"],
        [None, None, error("#N/A")],
    ]
    write_workbook(tmp_path / "orders.xlsx", body)
    rows, unreadable = read(tmp_path / "orders.xlsx", tmp_path)
    assert rows == [("1", "2")]
    assert [(row[0], row[2]) for row in unreadable] == [
        (1, "column id holds a formula whose value was never saved"),
        (3, "column total holds the error #N/A"),
    ]


def test_a_spoiled_cell_under_no_name_costs_no_row(tmp_path: Path) -> None:
    write_workbook(tmp_path / "orders.xlsx", [["id", None], ["1", error("#N/A")], ["2", FORMULA_WITHOUT_VALUE]])
    rows, unreadable = read(tmp_path / "orders.xlsx", tmp_path)
    assert [row[0] for row in rows] == ["1", "2"]
    assert unreadable == []


def test_numbers_that_excel_rounded_are_given_as_it_shows_them(tmp_path: Path) -> None:
    ids = [
        Verbatim("<v>35153131473290001</v>"),
        Verbatim("<v>3.51531E+16</v>"),
        999999999999999,
        -1e15,
        1234567890123456,
    ]
    write_workbook(tmp_path / "orders.xlsx", [["id"], *([value] for value in ids), ["35153131473290001"]])
    assert [row[0] for row in read(tmp_path / "orders.xlsx", tmp_path)[0]] == [
        "3.51531314732900E+16",
        "3.51531000000000E+16",
        "999999999999999",
        "-1.00000000000000E+15",
        "1.23456789012346E+15",
        "35153131473290001",
    ]


def test_a_name_that_stands_twice_is_numbered(tmp_path: Path) -> None:
    write_workbook(tmp_path / "orders.xlsx", [["分销员", "id", "分销员"], ["甲", "1", "乙"]])
    landed = land(tmp_path / "orders.xlsx", tmp_path)
    assert columns_of(landed) == ["分销员", "id", "分销员_2"]
    assert len(landed.remarks) == 1


def test_the_other_sheets_that_hold_something_are_named(tmp_path: Path) -> None:
    others = {"Empty": [], "June": [["id", None, "total"], ["1"], [], ["2"]], "Notes": [["Ask Ann"]]}
    write_workbook(tmp_path / "orders.xlsx", [HEADER, ["1", "2", "x"]], others)
    assert land(tmp_path / "orders.xlsx", tmp_path).unread_sheets == (
        UnreadSheet("June", ("id", "", "total"), 2),
        UnreadSheet("Notes", ("Ask Ann",), 0),
    )


def test_a_sheet_may_lack_its_header_or_explain_it(tmp_path: Path) -> None:
    write_workbook(tmp_path / "orders.xlsx", [["1", 2], ["2", 3]])
    assert rows_of(land(tmp_path / "orders.xlsx", tmp_path, header=["id", "total"]))[0] == [("1", "2"), ("2", "3")]
    (tmp_path / "second").mkdir()
    write_workbook(tmp_path / "orders.xlsx", [["id", "total"], ["text", "income"], ["2", 3]])
    assert rows_of(land(tmp_path / "orders.xlsx", tmp_path / "second", skip_lines_after_header=1))[0] == [("2", "3")]
