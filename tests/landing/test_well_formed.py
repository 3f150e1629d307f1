"""Where DuckDB reads a CSV file it reads what our own reader would, and where it might not it does not."""

import gzip
import tempfile
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.landing.formats import delimited, well_formed
from tests.landing.reading import land, rows_of

WHOLE = st.lists(st.text("ab1 é\u3000'#\\", max_size=3), min_size=3, max_size=3)
QUOTED = st.lists(st.text('a",; é', max_size=3).map(lambda text: '"' + text.replace('"', '""') + '"'), min_size=3)
QUOTED_OF_ANY_WIDTH = st.lists(st.one_of(QUOTED.map(lambda fields: fields[0]), st.text("ab ", max_size=2)), min_size=1)
LINES = st.one_of(
    WHOLE.map(",".join),
    st.tuples(WHOLE, QUOTED).map(lambda both: ",".join([both[0][0], *both[1][:2]])),
    st.lists(st.text("ab ", max_size=2), max_size=5).map(",".join),
    QUOTED_OF_ANY_WIDTH.map(",".join),
    st.text('ab,;|\t "\r\n\x01\x02\ufeff', max_size=8),
)


def both(content: bytes, name: str = "orders.csv") -> tuple[bool, object, object]:
    """Whether DuckDB read the file, what was read, and what our own reader reads."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "own").mkdir()
        path = Path(folder) / name
        path.write_bytes(content)
        with mock.patch.object(well_formed, "SMALLEST", 0):
            landed = land(path, Path(folder))
        with mock.patch.object(delimited, "read_well_formed", return_value=None):
            own = land(path, Path(folder) / "own")
        return (
            "read_csv" in landed.relation or "rows.parquet" in landed.relation,
            (rows_of(landed), landed.remarks),
            (rows_of(own), own.remarks),
        )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(LINES, max_size=6),
    st.sampled_from(["a,b,c", '"a","b",c', "a,b,b", '"a\nx",b,c', "\ufeffa,b,c", "sep=,\na,b,c"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n", "\r\n", "\n\n"]),
)
def test_both_readers_give_the_same_rows_numbers_and_rejects(
    lines: list[str], header: str, line_end: str, last: str
) -> None:
    _, read, own = both((line_end.join([header, *lines]) + last).encode())
    assert read == own


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(WHOLE, QUOTED.map(lambda fields: fields[:3])), min_size=1, max_size=6))
def test_rows_that_keep_the_rules_are_read_by_duckdb(rows: list[list[str]]) -> None:
    is_quick, read, own = both("\n".join(["a,b,c", *map(",".join, rows)]).encode())
    assert is_quick
    assert read == own


ODD = {
    "a quote that is never closed": b'a,b\n1,"x\n2,y\n',
    "a value over two lines": b'a,b\n1,"x\ny"\n2,z\n',
    "a quote within a value": b'a,b\n1,x"y\n2,z\n',
    "text after a quote": b'a,b\n1,"x"y\n2,z\n',
    "a blank line": b"a,b\n1,x\n\n2,z\n",
    "line ends of two kinds": b"a,b\r\n1,x\n2,z\r\n",
    "a lone return": b"a,b\n1,x\r2,z\n",
    "a byte that is no text": b"a,b\n1,x\n2,\xff\n3,z\n" + b"4,\xe4\xb8\xad\n" * 9,
    "a zero byte": b"a,b\n1,x\n2,\0\n",
    "a surplus field in most rows": b"a,b\n1,x,\n2,z,\n",
    "one column": b"a\n1\n2\n",
    "a long line": b"a,b\n1," + b"x" * 150_000 + b"\n2,y\n",
}


@pytest.mark.parametrize("content", ODD.values(), ids=ODD)
def test_what_is_odd_is_left_to_our_own_reader(content: bytes) -> None:
    is_quick, read, own = both(content)
    assert not is_quick
    assert read == own


@settings(max_examples=200, deadline=None)
@given(st.text("a\r\n", max_size=12), st.integers(1, 3))
def test_the_line_end_is_found_whatever_the_pieces_in_which_the_file_is_looked_through(text: str, piece: int) -> None:
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(well_formed, "CHUNK_BYTES", piece):
        file = Path(folder) / "file"
        file.write_bytes(text.encode())
        found, _ = well_formed._line_end(file)
    bare, both = text.replace("\r\n", ""), text.count("\r\n")
    is_blank = f"\n{text}".count("\n\n") or "\n\r\n" in f"\n{text}"
    assert not (found and is_blank)
    if not is_blank and "\r" not in text:
        assert found == r"\n"
    elif not is_blank and both and not set(bare) & set("\r\n"):
        assert found == r"\r\n"
    else:
        assert found is None


def test_a_row_of_another_width_keeps_its_number_and_is_told_as_ever() -> None:
    is_quick, read, own = both(b'a;b\n1;x\n2\n3;y;z\n4;\n"5;";"y""";z\n"6"\n')
    assert is_quick
    assert read == own
    [rows, unreadable], _ = read
    assert rows == [("1", "x"), ("4", "")]
    assert [row[0] for row in unreadable] == [2, 3, 5, 6]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=60))
def test_rows_are_numbered_around_lines_of_another_width(widths: list[int]) -> None:
    """Beyond twenty runs of such lines the other way of reading numbers them."""
    lines = [";".join("x" * width) for width in widths]
    is_quick, read, own = both("\n".join(["a;b;c", *lines]).encode())
    assert read == own
    assert is_quick


def test_a_packed_file_is_read_so_too() -> None:
    is_quick, read, own = both(gzip.compress(b"a,b\n1,x\n2,y\n"), "orders.csv.gz")
    assert is_quick
    assert read == own
