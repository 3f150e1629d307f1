"""One shop per data directory: recorded by the first run, read by every door, never mixed with another."""

import shutil
from pathlib import Path

import pytest

import pipelines
from pipelines.folders import DataFolder
from pipelines.night.shop import Shop, record_shop, require_files
from pipelines.night.shop import open_shop as open_with
from pipelines.problems import BadInput
from pipelines.settings.reading import read_settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "orders.csv").write_text("order_id\n")
    return folder


def open_shop(home: Path, named: dict[str, str]) -> Shop:
    """The shop as a run opens it whose options name these sources."""
    return open_with(DataFolder(home), read_settings(DataFolder(home), {"sources": named} if named else {}))


def own_source(folder: Path, name: str) -> Path:
    """A folder of SQL for a shop system of one's own."""
    shutil.copytree(Path(pipelines.__file__).parent / "sources" / "sample", folder)
    settings = folder / "source.yml"
    settings.write_text(settings.read_text().replace("name: sample", f"name: {name}"))
    return folder


def test_without_a_word_the_first_shop_is_the_sample(home: Path) -> None:
    assert open_shop(home, {}).source_names == ["sample"]


def test_the_recorded_shop_is_opened_by_every_door_without_naming_it(home: Path, exports: Path) -> None:
    record_shop(open_shop(home, {"online_retail": str(exports)}))
    again = open_shop(home, {})
    assert again.source_names == ["online_retail"]
    assert again.sources[0].folder == exports
    assert (again.time_zone, again.currency) == ("Europe/London", "GBP")


def test_a_source_of_ones_own_is_recorded_by_its_folder(home: Path, exports: Path, tmp_path: Path) -> None:
    folder = own_source(tmp_path / "our_sql", "our_shop")
    record_shop(open_shop(home, {str(folder): str(exports)}))
    assert open_shop(home, {}).source_names == ["our_shop"]


def test_a_name_alone_means_the_folder_that_is_recorded(home: Path, exports: Path) -> None:
    record_shop(open_shop(home, {"sample": str(exports)}))
    assert open_shop(home, {"sample": ""}).sources[0].folder == exports


def test_exports_may_move(home: Path, exports: Path, tmp_path: Path) -> None:
    record_shop(open_shop(home, {"sample": str(exports)}))
    record_shop(open_shop(home, {"sample": str(tmp_path / "elsewhere")}))
    assert open_shop(home, {}).sources[0].folder == tmp_path / "elsewhere"


@pytest.mark.parametrize("is_recorded", [True, False])
def test_another_shop_is_turned_away(home: Path, exports: Path, is_recorded: bool) -> None:
    """Known by its record, or by its lake when an earlier version left no record."""
    if is_recorded:
        record_shop(open_shop(home, {"online_retail": str(exports)}))
    (home / "lake" / "orders" / "online_retail").mkdir(parents=True)
    for named in ({"thelook": str(exports)}, {"sample": ""}, {"sample": str(exports)}):
        with pytest.raises(BadInput, match=r"shop of online_retail.*another --data-dir"):
            open_shop(home, named)


def test_the_sample_is_never_offered_where_a_lake_is_somebody_elses(home: Path) -> None:
    (home / "lake" / "orders" / "online_retail").mkdir(parents=True)
    with pytest.raises(BadInput, match="--source online_retail="):
        open_shop(home, {})


def test_the_invented_shop_stands_beside_no_other(home: Path, exports: Path, tmp_path: Path) -> None:
    other = {str(own_source(tmp_path / "pos", "pos")): str(exports)}
    with pytest.raises(BadInput, match="holds no shop yet"):
        require_files(open_shop(home, {"sample": "", **other}))
    (home / "landing" / "sample" / "truth").mkdir(parents=True)  # as an invented shop tells it
    with pytest.raises(BadInput, match="invented"):
        open_shop(home, {"sample": "", **other})
    record_shop(open_shop(home, {}))
    for named in ({"sample": "", **other}, other):
        with pytest.raises(BadInput, match="another --data-dir"):
            open_shop(home, named)


def test_a_real_shop_may_gain_a_source_and_not_lose_one(home: Path, exports: Path, tmp_path: Path) -> None:
    both = {"sample": str(exports), str(own_source(tmp_path / "pos", "pos")): str(exports)}
    record_shop(open_shop(home, {"sample": str(exports)}))
    record_shop(open_shop(home, both))
    with pytest.raises(BadInput, match="pos was not named"):
        open_shop(home, {"sample": str(exports)})


def test_a_directory_without_a_shop_says_where_to_begin(home: Path) -> None:
    """As whoever opens the graph without `guanxi` finds it: nothing behind the doors invents."""
    with pytest.raises(BadInput, match="start with guanxi run") as told:
        require_files(open_shop(home, {}))
    assert "guanxi sample" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: [", "not valid YAML"),
        ("sources: {sample: null}\ntime_zone: UTC\n", "time_zone: 'UTC' is not that of sample, Asia/Shanghai"),
        ("sources: {sample: null}\ncurrency: GBP\n", "currency: 'GBP' is not that of sample, CNY"),
        ("sources: {sample: null}\ntier: 3\n", "tier: 'tier' is no setting: did you mean tiers"),
        ("- sample\n", "holds no settings"),
    ],
)
def test_a_shop_file_that_cannot_be_used_is_one_line(home: Path, text: str, words: str) -> None:
    (home / "shop.yml").write_text(text)
    with pytest.raises(BadInput, match=words) as told:
        open_shop(home, {})
    assert str(DataFolder(home).shop_file) in str(told.value)
    assert "\n" not in str(told.value)


def test_nothing_is_invented_where_a_first_run_came_to_a_bad_end(home: Path, exports: Path) -> None:
    """Its files may be in the lake already, and nobody has recorded where they came from."""
    (home / "lake" / "orders" / "sample").mkdir(parents=True)
    with pytest.raises(BadInput, match="--source sample=FOLDER_OF_FILES"):
        open_shop(home, {})
    assert not open_shop(home, {"sample": ""}).is_new
    assert open_shop(home, {"sample": str(exports)}).sources[0].folder == exports
