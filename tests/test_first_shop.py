"""A first evening: the doors write an invented shop where nobody has one and nowhere else; nothing behind them does."""

from io import StringIO
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from rich.console import Console

from pipelines.folders import DataFolder
from pipelines.night.shop import open_shop, record_shop
from pipelines.problems import BadInput
from pipelines.settings.model import Settings
from pipelines.settings.reading import read_settings
from pipelines.terminal import night as door
from pipelines.terminal import ui
from pipelines.terminal.first_shop import invent_first_shop


@pytest.fixture(autouse=True)
def a_small_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.sample.defaults.CUSTOMERS", 30)
    monkeypatch.setattr("pipelines.sample.defaults.DAYS", 60)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def settings_of(folder: DataFolder, named: dict[str, str]) -> Settings:
    return read_settings(folder, {"sources": named} if named else {})


def invents(folder: DataFolder, named: dict[str, str] | None = None) -> bool:
    moments: list[str] = []
    did = invent_first_shop(folder, settings_of(folder, named or {}), lambda moment: moments.append(moment.kind))
    assert moments == (["start", "success"] if did else [])
    return did


@pytest.mark.parametrize("named", [{}, {"sample": ""}])
def test_a_directory_that_is_nobodys_gets_an_invented_shop_once(folder: DataFolder, named: dict[str, str]) -> None:
    assert invents(folder, named)
    assert (folder.landing / "sample" / "orders-0001.csv").stat().st_mode & 0o077 == 0
    shop = open_shop(folder, settings_of(folder, named))
    assert shop.is_invented(shop.sources[0])
    assert not invents(folder, named)


def test_nothing_is_invented_where_a_shop_is_named(folder: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    assert not invents(folder, {"sample": str(tmp_path / "exports")})
    assert not invents(folder, {"thelook": ""})
    assert not folder.landing.exists()


def test_files_are_invented_only_on_the_first_evening(folder: DataFolder) -> None:
    """A shop that keeps its own exports in landing/sample and clears them away does not get invented people."""
    landing = folder.landing / "sample"
    landing.mkdir(parents=True)
    (landing / "orders.csv").write_text("order_id\n")
    record_shop(open_shop(folder, settings_of(folder, {})))
    (landing / "orders.csv").unlink()
    assert not invents(folder)
    assert not list(landing.iterdir())


def test_nothing_is_invented_where_a_lake_is(folder: DataFolder) -> None:
    (folder.lake / "orders" / "sample").mkdir(parents=True)
    assert not invents(folder, {"sample": ""})


def test_a_landing_folder_that_cannot_be_written_is_one_line(folder: DataFolder) -> None:
    folder.home.mkdir()
    folder.landing.write_text("in the way")
    with pytest.raises(BadInput, match=f"{folder.landing} cannot be written"):
        invents(folder)


def test_both_doors_invent_before_anything_runs(folder: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*arguments: Any) -> None:
        assert (folder.landing / "sample" / "orders-0001.csv").exists()
        raise KeyboardInterrupt

    console = Console(file=StringIO())
    monkeypatch.setattr(door, "run_nightly", stop)
    with pytest.raises(KeyboardInterrupt):
        door.show_night(console, folder, {"sources": {}})
    (folder.landing / "sample").rename(folder.home / "away")
    monkeypatch.setattr(ui, "prepare_instance", stop)
    with pytest.raises(KeyboardInterrupt):
        ui.serve(console, folder, settings_of(folder, {}), port=3_932)
    assert "inventing a shop" in console.file.getvalue()


def test_the_graph_alone_invents_nothing_and_says_where_to_begin(folder: DataFolder) -> None:
    from pipelines.defs.ingestion.assets import landing_files
    from pipelines.defs.resources import ShopResource

    with pytest.raises(BadInput, match="start with guanxi run"):
        dg.materialize([landing_files], resources={"shop": ShopResource(data_dir=str(folder.home))})
    assert not folder.landing.exists()
