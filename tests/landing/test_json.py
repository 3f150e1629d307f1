"""JSON as shops export it: an object per line, or all in one array; anything else is refused in one line."""

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from pipelines.landing.formats import json_array, json_objects
from pipelines.problems import BadInput
from tests.landing.reading import columns_of, land, read, rows_of

ORDERS = [{"id": 727, "total": "29.35", "n": 1.50}, {"id": 728, "items": [{"sku": "a", "price": 2.0}], "total": None}]
TEXT = '[{"id": 727, "total": "29.35", "n": 1.50}, {"id": 728, "items": [{"sku": "a", "price": 2.0}], "total": null}]'
ROWS = [("727", "29.35", "1.50", None), ("728", None, None, '[{"sku": "a", "price": "2.0"}]')]


def refusal(path: Path, folder: Path) -> str:
    with pytest.raises(BadInput) as refused:
        read(path, folder)
    message = str(refused.value)
    assert message.startswith(path.name)
    assert "\n" not in message
    return message


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("orders.json", TEXT)


FORMS = {
    "plain.json": lambda path: path.write_text(TEXT),
    "marked.json": lambda path: path.write_text("\ufeff" + TEXT, "utf-8"),
    "pretty.json": lambda path: path.write_text(TEXT.replace(",", ",\n\n   ").replace("[", "[\r\n")),
    "packed.json.gz": lambda path: path.write_bytes(gzip.compress(TEXT.encode())),
    "packed.json.zip": zipped,
    "lines_by_name.jsonl": lambda path: path.write_text(TEXT + "\n"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_an_array_of_objects_gives_a_row_per_object_with_the_digits_as_written(
    form: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "CHUNK_CHARACTERS", chunk)
    FORMS[form](tmp_path / form)
    assert read(tmp_path / form, tmp_path) == (ROWS, [])


def test_a_large_array_is_never_in_memory_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "CHUNK_CHARACTERS", 1000)
    longest = 0
    fetch = json_array.Window._fetch

    def watched(window: json_array.Window, characters: int) -> bool:
        nonlocal longest
        more = fetch(window, characters)
        longest = max(longest, len(window._text))
        return more

    monkeypatch.setattr(json_array.Window, "_fetch", watched)
    (tmp_path / "orders.json").write_text(json.dumps([{"id": number, "note": "x" * 50} for number in range(5000)]))
    rows, _unreadable = read(tmp_path / "orders.json", tmp_path)
    assert [row[0] for row in rows] == [str(number) for number in range(5000)]
    assert longest < 3000


@pytest.mark.parametrize("chunk", [2, 1 << 20])
def test_an_element_that_is_no_object_is_an_unreadable_row(
    chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_array, "CHUNK_CHARACTERS", chunk)
    (tmp_path / "orders.json").write_text('[{"id": 1}, 1234, "x", [2], {"": 1}, null, {"id": 2}]')
    rows, unreadable = read(tmp_path / "orders.json", tmp_path)
    assert rows == [("1",), ("2",)]
    assert [row[:2] for row in unreadable] == [(2, "1234"), (3, '"x"'), (4, "[2]"), (5, '{"": 1}'), (6, "null")]


def test_an_empty_array_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("[ ]\n")
    assert read(tmp_path / "orders.json", tmp_path) == ([], [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TEXT[:-30], "element 2 is broken or cut off"),
        (TEXT[:-1], "element 3 is broken or cut off"),
        (TEXT.replace("}, {", "} {"), "',' is missing"),
        (TEXT.replace('"id": 728', "id: 728"), "element 2"),
        (TEXT + TEXT, "goes on after the array's closing bracket"),
    ],
)
def test_an_array_that_is_not_whole_is_refused_and_nothing_of_it_is_read(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text(text)
    assert words in refusal(tmp_path / "orders.json", tmp_path)


@pytest.mark.parametrize("indent", [None, 2])
def test_an_object_around_the_rows_is_refused_with_the_name_of_the_array(indent: int | None, tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text(json.dumps({"orders": ORDERS}, indent=indent))
    assert "its member 'orders'" in refusal(tmp_path / "orders.json", tmp_path)


def test_objects_spread_over_many_lines_are_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("\n".join(json.dumps(order, indent=2) for order in ORDERS))
    assert "spread over many lines" in refusal(tmp_path / "orders.json", tmp_path)


def test_a_single_order_with_its_lines_is_an_order(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_text('{"items": [{"sku": "a"}], "id": 1}\n')
    assert read(tmp_path / "orders.jsonl", tmp_path)[0] == [('[{"sku": "a"}]', "1")]


def test_a_file_without_any_object_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orders.json").write_text("order_id,total\n1,2\n")
    assert "holds no JSON object" in refusal(tmp_path / "orders.json", tmp_path)


def test_members_that_differ_only_by_case_are_numbered_and_told(tmp_path: Path) -> None:
    (tmp_path / "orders.jsonl").write_text('{"id": 1, "ID": 2}\n{"ID": 3}\n{" id ": 4}\n')
    landed = land(tmp_path / "orders.jsonl", tmp_path)
    assert columns_of(landed) == ["id", "ID_2", "id_3"]
    assert rows_of(landed)[0] == [("1", "2", None), (None, "3", None), (None, None, "4")]
    assert [remark[-6:] for remark in landed.remarks] == ["'ID_2'", "'id_3'"]


def test_many_members_that_come_one_by_one_make_few_parts(tmp_path: Path) -> None:
    lines = [json.dumps({"id": number, f"member_{number}": 1}) for number in range(3000)]
    (tmp_path / "orders.jsonl").write_text("\n".join(lines))
    landed = land(tmp_path / "orders.jsonl", tmp_path)
    assert len(columns_of(landed)) == 3001
    assert len(list((tmp_path / "work").glob("rows_*.parquet"))) <= 4


def test_members_named_after_values_are_refused_without_telling_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_objects, "MOST_COLUMNS", 100)
    lines = [json.dumps({f"a{number}@example.com": 1}) for number in range(101)]
    (tmp_path / "orders.jsonl").write_text("\n".join(lines))
    message = refusal(tmp_path / "orders.jsonl", tmp_path)
    assert "more than 100 different members" in message
    assert "@" not in message
