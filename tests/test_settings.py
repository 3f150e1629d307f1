"""The shop's settings have one home: who overrides whom, what a wrong value is told, what `guanxi config` prints."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.folders import DBT_PROJECT, DataFolder
from pipelines.problems import BadInput
from pipelines.settings.model import Settings, fields
from pipelines.settings.reading import OPTION, read_settings, variable
from pipelines.settings.shop_file import write_shop_file
from tests.conftest import REPOSITORY

SHOP = {"sources": {"sample": None}, "time_zone": "Asia/Shanghai", "currency": "CNY"}


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path)


def test_the_command_line_overrides_the_environment_the_environment_the_file_the_file_the_default(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read_settings(folder).tiers.vip_above == 5_000
    folder.shop_file.write_text("tiers: {vip_above: 6000, senior_from: 2000}\n")
    assert read_settings(folder).tiers.vip_above == 6_000
    monkeypatch.setenv("GUANXI_TIERS__VIP_ABOVE", "7000")
    assert read_settings(folder).tiers.vip_above == 7_000
    said = read_settings(folder, {"tiers": {"vip_above": 8_000}}).tiers
    assert (said.senior_from, said.vip_above, said.platinum_above) == (2_000, 8_000, 10_000)


def test_sources_that_are_named_replace_those_of_the_file_instead_of_joining_them(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.shop_file.write_text("sources: {online_retail: /exports/shop}\n")
    assert read_settings(folder).sources == {"online_retail": "/exports/shop"}
    monkeypatch.setenv("GUANXI_SOURCES", "sample=/exports/a; thelook")
    assert read_settings(folder).sources == {"sample": "/exports/a", "thelook": ""}
    assert read_settings(folder, {"sources": ["sample=/exports/b"]}).sources == {"sample": "/exports/b"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("keep_days: 0", "shop.yml, keep_days: 0: input should be greater than or equal to 1"),
        ("keep_days: soon", "shop.yml, keep_days: 'soon'"),
        ("keep_days: yes", "shop.yml, keep_days: True is no value here"),
        ("as_of: 26-6-30", "shop.yml, as_of: '26-6-30' is no date: write it as YYYY-MM-DD"),
        ("as_of: 2026-02-30", "is not valid YAML: day is out of range"),
        ("schedule: at two", "shop.yml, schedule: 'at two' is no cron line: write '0 2"),
        ("memory_limit: 4", "shop.yml, memory_limit: '4' is no amount of memory to work in: write at least 500MB"),
        ("memory_limit: 10 MB", "shop.yml, memory_limit: '10 MB' is no amount of memory"),
        ("discount_rate: 10", "shop.yml, discount_rate: 10: input should be less than 1 .*0.1 for 10 %"),
        ("tiers: 5", "shop.yml, tiers: 5 is no group of settings: its settings are senior_from, vip_above"),
        ("tiers: {vip_above: lots}", "shop.yml, tiers.vip_above: 'lots'"),
        ("tiers: {vip_above: 500}", "shop.yml, tiers.vip_above: tiers.senior_from 1000 lies above tiers.vip_above 500"),
        ("rfm: {recent_days: 400}", "rfm.recent_days 400 lies above rfm.lapsing_days 365"),
        ("churn: {medium_from: 0.8}", "churn.medium_from 0.8 lies above churn.high_from 0.7"),
        (
            "churn: {margin: 100, offer_cost: 20}",
            "shop.yml, churn.margin: the band medium would begin at 0.40 and high at 2.00",
        ),
        (
            "churn: {margin: 100, reminder_cost: 1, offer_cost: 1}",
            "churn.margin: .* medium would begin at 0.50 and high at 0.10",
        ),
        ("value: {holdout_days: 60}", "churn.horizon_days 90 lies above value.holdout_days 60"),
        (
            "tiers: {vip_abov: 1}",
            "shop.yml, tiers.vip_abov: 'vip_abov' is no setting of tiers: did you mean tiers.vip_",
        ),
        ("tier: {vip_above: 1}", "'tier' is no setting: did you mean tiers"),
        ("vip_above: 9000", "'vip_above' is no setting: did you mean tiers.vip_above"),
        ("colour: red", "'colour' is no setting: known are sources, time_zone, .*tiers.*`guanxi config` lists all"),
        ("sources: [sample=/a, sample=/b]", "shop.yml, sources: source sample is named twice"),
    ],
)
def test_a_wrong_value_is_one_line_with_file_and_key_and_what_is_allowed(
    folder: DataFolder, text: str, words: str
) -> None:
    folder.shop_file.write_text(text)
    with pytest.raises(BadInput, match=words) as told:
        read_settings(folder)
    assert str(folder.shop_file) in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("GUANXI_KEEP_DAYS", "soon", "GUANXI_KEEP_DAYS: 'soon'"),
        ("GUANXI_TIERS__VIP_ABOVE", "50000", "GUANXI_TIERS__VIP_ABOVE: tiers.vip_above 50000 lies above"),
        (
            "GUANXI_TIERS__VIP_ABOV",
            "8000",
            "GUANXI_TIERS__VIP_ABOV is no setting: did you mean GUANXI_TIERS__VIP_ABOVE",
        ),
        ("GUANXI_KEEPDAYS", "8", "GUANXI_KEEPDAYS is no setting: did you mean GUANXI_KEEP_DAYS"),
        ("GUANXI_RFM", "{", 'cannot be read: .*"rfm"'),
    ],
)
def test_a_wrong_value_of_the_environment_names_the_variable(
    folder: DataFolder, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInput, match=words):
        read_settings(folder)


@pytest.mark.parametrize(
    ("said", "by", "words"),
    [
        ({"as_of": "yesterday"}, OPTION, "^--as-of: 'yesterday' is no date"),
        ({"sources": ["sample=/a", "sample=/b"]}, OPTION, "^--source: source sample is named twice"),
        ({"tiers": {"vip": 3}}, "run configuration", "^run configuration, tiers.vip: 'vip' is no setting of tiers"),
    ],
)
def test_a_wrong_value_of_an_option_or_a_run_names_it(
    folder: DataFolder, said: dict[str, Any], by: str, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        read_settings(folder, said, by)


def test_a_variable_that_is_empty_says_nothing(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_AS_OF", "")
    folder.shop_file.write_text("tiers:\n")
    assert read_settings(folder) == Settings()


def test_what_the_owner_has_added_survives_later_runs(folder: DataFolder) -> None:
    write_shop_file(folder, SHOP)
    own = "# agreed in spring\ntiers:\n  vip_above: 8000 # not 5000\nschedule: '0 3 * * *'\n"
    folder.shop_file.write_text(folder.shop_file.read_text() + own)
    written = folder.shop_file.stat().st_mtime_ns, folder.shop_file.read_text()
    write_shop_file(folder, SHOP)
    assert (folder.shop_file.stat().st_mtime_ns, folder.shop_file.read_text()) == written
    write_shop_file(folder, {**SHOP, "sources": {"sample": "/exports/shop"}})
    assert folder.shop_file.read_text().endswith(own)
    assert folder.shop_file.read_text().startswith("# The one shop of this data directory")
    assert read_settings(folder).sources == {"sample": "/exports/shop"}


def printed(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    from pipelines.cli import main

    monkeypatch.setattr(sys, "argv", ["guanxi", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_config_tells_what_is_in_force_and_whence(
    folder: DataFolder, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_shop_file(folder, SHOP)
    folder.shop_file.write_text(folder.shop_file.read_text() + "tiers: {vip_above: 8000.5, platinum_above: 9000}\n")
    monkeypatch.setenv("GUANXI_TIERS__PLATINUM_ABOVE", "9500")
    at = ["--data-dir", str(folder.home)]
    told = {line["key"]: line for line in json.loads(printed(capsys, monkeypatch, "config", "--json", *at))}
    assert [*told] == ["data_dir", *(key for key, _field in fields())]
    said = {key: (line["value"], line["origin"]) for key, line in told.items()}
    assert said["data_dir"] == (str(folder.home), "option")
    assert said["sources"] == ({"sample": ""}, "shop.yml")
    assert said["tiers.vip_above"] == (8000.5, "shop.yml")
    assert said["tiers.platinum_above"] == (9500, "environment")
    assert said["tiers.diamond_above"] == (20_000, "default")
    assert all(line["meaning"] for line in told.values())
    table = printed(capsys, monkeypatch, "config", *at)
    assert re.search(r"tiers\.platinum_above +9500 +environment +net sales", table)
    variables = json.loads(printed(capsys, monkeypatch, "config", "--dbt-vars", *at))
    assert variables == {**Settings().dbt_variables(), "vip_above": 8000.5, "platinum_above": 9500}


def test_every_variable_that_dbt_asks_for_is_a_setting_and_has_no_other_default() -> None:
    files = [path for path in DBT_PROJECT.rglob("*.sql") if "target" not in path.parts]
    files.append(DBT_PROJECT / "profiles.yml")
    asked = {name for path in files for name in re.findall(r"\bvar\('(\w+)'\)", path.read_text())}
    assert asked == set(Settings().dbt_variables())
    assert not re.search(r"^vars:", (DBT_PROJECT / "dbt_project.yml").read_text(), re.M)


def test_the_documents_list_every_setting_with_its_default() -> None:
    rows = [f"| `{key}` | {_default(field.get_default(call_default_factory=True))} | " for key, field in fields()]
    text = (REPOSITORY / "docs" / "operations.md").read_text()
    assert not [row for row in rows if row not in text]
    assert variable("tiers.vip_above") in text


def _default(value: Any) -> str:
    return "" if value in (None, {}) else f"`{value}`"


def test_ingestion_works_in_a_quarter_of_the_memory(folder: DataFolder) -> None:
    assert read_settings(folder).ingestion_memory == "1GB"
    assert read_settings(folder, {"memory_limit": "3 gb"}).ingestion_memory == "0.75GB"


def test_bands_of_churn_begin_where_what_costs_something_pays():
    from pipelines.settings.model import Churn

    assert Churn().bands_from == (0.4, 0.7)
    assert Churn(margin=100).bands_from == (0.4, 0.7), "no cost is named"
    assert Churn(margin=100, offer_cost=6, offer_save_rate=0.1).bands_from == pytest.approx((0.4, 0.6))
    both = Churn(margin=200, offer_cost=12, reminder_cost=1, reminder_save_rate=0.02)
    assert both.bands_from == pytest.approx((0.25, 0.6))
