"""Sources are found by name or folder, and a wrong one is refused in one line that names the file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.landing.contracts import load_contracts
from pipelines.landing.sources import Source, known_sources, load_source
from pipelines.problems import BadInput


def test_the_project_comes_with_three_sources() -> None:
    assert known_sources() == ["online_retail", "sample", "thelook"]
    for name in known_sources():
        assert load_source(name).name == name


def test_the_settings_of_the_sources_are_those_of_their_shops() -> None:
    settings = {
        name: (source.time_zone, source.currency, source.country)
        for name, source in ((name, load_source(name)) for name in known_sources())
    }
    assert settings == {
        "sample": ("Asia/Shanghai", "CNY", "CN"),
        "thelook": ("UTC", "USD", "US"),
        "online_retail": ("Europe/London", "GBP", "GB"),
    }


def test_the_sample_selects_name_exactly_the_columns_of_the_contract() -> None:
    for feed, contract in load_contracts().items():
        text = load_source("sample").select_text(feed)
        named = [part for number, part in enumerate(text.split("'")) if number % 2]
        assert named == [*contract.column_names, "row_number"]


def test_an_unknown_source_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"'shopify'.*online_retail, sample, thelook"):
        load_source("shopify")
    with pytest.raises(BadInput, match="holds a source"):
        load_source(str(tmp_path))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"time_zone": "Beijing"}, "time_zone: 'Beijing' is no IANA time zone"),
        ({"encoding": "utf-9"}, "encoding: 'utf-9' is no text encoding"),
        ({"currency": "yuan"}, "currency"),
        ({"feeds": {"parcels": {"reads": ["orders"]}}}, "'parcels'"),
        ({"feeds": {"orders": {"reads": ["sales"]}}}, "'sales'"),
        ({"feeds": {"events": {"reads": ["orders"]}}}, "events.sql is missing"),
        ({"encoding": "hex"}, "encoding: 'hex' is no text encoding"),
        ({"encoding": "undefined"}, "encoding: 'undefined' is no text encoding"),
        ({"colour": "red"}, "colour: 'colour' is no setting: known are name, title, time_zone, currency, country"),
        ({"timezone": "UTC"}, "did you mean time_zone?"),
        ({"folder": "/"}, "'folder' is no setting"),
        ({"feeds": {"orders": {"read": ["orders"]}}}, "did you mean reads?"),
        ({"files": {"orders": ""}}, "files.orders.pattern: '' is no pattern of file names"),
        (
            {"files": {"orders": "/data/orders*"}},
            "files.orders.pattern: the pattern '/data/orders*' leaves the data folder",
        ),
        ({"files": {"orders": "../orders*"}}, "leaves the data folder"),
        ({"files": {"orders": "a**b"}}, "has ** beside other characters"),
        ({"files": {"orders": {"header": ["a"]}}}, "files.orders.pattern: Field required"),
        ({"files": {"orders": {"pattern": "o*", "headers": ["a"]}}}, "did you mean header?"),
        ({"files": {"orders": {"pattern": "o*", "header": ["a", "A"]}}}, "names each column, and no two alike"),
        ({"files": {"orders": {"pattern": "o*", "delimiter": "||"}}}, "'||' is no delimiter"),
        (
            {"files": {"orders": {"pattern": "o*", "encoding": "hex"}}},
            "files.orders.encoding: 'hex' is no text encoding",
        ),
        (
            {"files": {"orders": {"pattern": "o*", "header": ["a"], "skip_lines_after_header": 1}}},
            "skip_lines_after_header is for files with a header line",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(
    make_source: Callable[..., Source], settings: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        make_source(**settings)
    assert words in str(refusal.value)
    assert "source.yml" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_input_may_say_how_its_files_are_written(make_source: Callable[..., Source]) -> None:
    declared = {"pattern": "orders*", "delimiter": "^", "encoding": "Big5"}
    source = make_source(files={"customers": "customers*", "orders": declared}, encoding="gbk")
    assert source.files["customers"].pattern == "customers*"
    assert source.form("customers").encoding == "gbk"
    assert source.form("orders") == source.files["orders"]
    assert (source.files["orders"].delimiter, source.files["orders"].encoding) == ("^", "big5")


def test_a_select_that_is_no_text_is_refused(make_source: Callable[..., Source]) -> None:
    source = make_source()
    (source.folder / "orders.sql").write_bytes(b"select '\xff'")
    with pytest.raises(BadInput, match=r"orders\.sql cannot be read as UTF-8 text"):
        source.select_text("orders")


def test_a_source_must_deliver_the_required_feeds(make_source: Callable[..., Source], tmp_path: Path) -> None:
    make_source()
    settings = tmp_path / "own_source" / "source.yml"
    (settings.parent / "customers.sql").rename(settings.parent / "products.sql")
    settings.write_text(settings.read_text("utf-8").replace('"customers": {"reads"', '"products": {"reads"'), "utf-8")
    with pytest.raises(BadInput, match="lacks 'customers'"):
        load_source(str(settings.parent))


@pytest.mark.parametrize("text", ["name: [", "- just\n- a list\n", ""])
def test_settings_that_are_no_settings_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "source.yml").write_text(text)
    with pytest.raises(BadInput, match=r"source\.yml"):
        load_source(str(tmp_path))
