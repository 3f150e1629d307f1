"""A score is one file, found by its folder; what it makes is kept without touching what others made."""

import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipelines.modelling.scoring import (
    METRICS,
    Score,
    Scored,
    features_and_outcomes,
    find_scores,
    forget_metrics_of_others,
    keep_pictures,
    keep_tables,
    scores,
)
from pipelines.settings.model import Settings
from pipelines.warehouse.build import prepare_build
from pipelines.warehouse.duckdb_tables import open_tables
from pipelines.warehouse.tables import Tables

NIGHT, NEXT_NIGHT = date(2026, 6, 30), date(2026, 7, 1)

ONE_FILE = """
from pipelines.modelling.scoring import Inputs, Score, Scored
from pipelines.settings.model import Settings


def score(inputs: Inputs, settings: Settings) -> Scored:
    loyal = inputs["tiers"].assign(is_loyal=inputs["tiers"]["months"] >= settings.value.past_dates)
    return Scored(tables={"customer_loyalty": loyal})


SCORE = Score(
    inputs={"tiers": "select * from marts.customer_tiers join marts.dim_customers using (customer_id)"},
    tables=("customer_loyalty",),
    call=score,
)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "invented_scores"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "loyalty.py").write_text(ONE_FILE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    for name in [name for name in sys.modules if name.startswith("invented_scores")]:
        del sys.modules[name]


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Tables]:
    prepare_build(tmp_path / "build.duckdb", tmp_path / "nothing is published", {})
    with open_tables(tmp_path / "build.duckdb") as opened:
        yield opened


def test_a_file_in_the_folder_is_a_score_and_its_tables_are_assets_behind_what_it_reads(package: Path) -> None:
    from pipelines.defs.modelling.assets import metrics_asset, score_assets

    found = find_scores(import_module("invented_scores"))
    assert list(found) == ["loyalty"]
    meanings = {"ml.customer_loyalty": "One row per customer: whether loyal."}
    made = score_assets("loyalty", found["loyalty"], meanings)
    key = dg.AssetKey(["ml", "customer_loyalty"])
    assert made.keys == {key}
    assert made.asset_deps[key] == {dg.AssetKey(["marts", "customer_tiers"]), dg.AssetKey(["marts", "dim_customers"])}
    assert made.descriptions_by_key[key] == meanings["ml.customer_loyalty"]
    shared = metrics_asset(found, meanings)
    assert shared.asset_deps[dg.AssetKey(METRICS.split("."))] == {key}


def test_a_score_is_pure_it_can_be_called_with_frames(package: Path) -> None:
    [score] = find_scores(import_module("invented_scores")).values()
    tiers = pd.DataFrame({"customer_id": ["a", "b"], "months": [3, 30]})
    scored = score.call({"tiers": tiers}, Settings())
    assert scored.tables["customer_loyalty"]["is_loyal"].tolist() == [False, True]


def test_a_file_that_is_no_score_is_named(package: Path) -> None:
    (package / "helpers.py").write_text("SCORES = 1")
    with pytest.raises(TypeError, match=r"helpers\.py is no score: it defines no SCORE"):
        find_scores(import_module("invented_scores"))


def test_the_scores_of_the_house_declare_what_they_read() -> None:
    read = ["features.customer_features", "features.customer_outcomes"]
    assert {name: score.reads for name, score in scores().items()} == {
        "churn": read,
        "lifetime_value": [*read, "marts.dim_customers", "marts.fct_customer_days"],
    }


def test_no_two_scores_fill_one_table() -> None:
    filled = [table for score in scores().values() for table in score.tables]
    assert len(filled) == len(set(filled))
    assert METRICS.removeprefix("ml.") not in filled


def nothing_but(table: str) -> Score:
    return Score({}, (table,), lambda inputs, settings: scored_as(table, 0.0))


def scored_as(table: str, value: float) -> Scored:
    measured = {"candidate": "rule", "role": "champion", "segment": "all", "metric": "auc", "value": value}
    window = {"customer_count": 1, "test_as_of_date": pd.Timestamp("2026-04-01"), "horizon_days": 90}
    return Scored({table: pd.DataFrame({"value": [value]})}, pd.DataFrame([measured | window]))


def test_one_score_alone_leaves_the_rows_of_the_others_as_they_were(tables: Tables) -> None:
    keep_tables(tables, "churn", nothing_but("customer_churn"), scored_as("customer_churn", 0.7), NIGHT)
    keep_tables(tables, "worth", nothing_but("customer_worth"), scored_as("customer_worth", 5.0), NIGHT)
    keep_tables(tables, "churn", nothing_but("customer_churn"), scored_as("customer_churn", 0.8), NEXT_NIGHT)
    kept = tables.read(f"select model, value, as_of_date from {METRICS} order by model")
    assert kept["model"].tolist() == ["churn", "worth"]
    assert kept["value"].tolist() == [0.8, 5.0]
    assert [day.date() for day in kept["as_of_date"]] == [NEXT_NIGHT, NIGHT]
    assert tables.first_rows("ml.customer_worth") == [(5.0, NIGHT)]


def test_the_rows_of_a_score_that_was_taken_out_are_forgotten(tables: Tables) -> None:
    for name in ("churn", "worth"):
        keep_tables(tables, name, nothing_but(f"customer_{name}"), scored_as(f"customer_{name}", 1.0), NIGHT)
    forget_metrics_of_others(tables, ["churn"], NIGHT)
    assert tables.read(f"select model from {METRICS}")["model"].tolist() == ["churn"]


def test_tonights_pictures_replace_those_of_the_same_score_only(tmp_path: Path) -> None:
    score = Score({}, ("drawn", "no_longer_drawn"), lambda inputs, settings: scored_as("drawn", 0.0))
    for name in ("drawn", "no_longer_drawn", "of_another"):
        (tmp_path / f"{name}.png").write_bytes(b"yesterday")
    keep_pictures(score, {"drawn": b"tonight"}, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "drawn.png": b"tonight",
        "of_another.png": b"yesterday",
    }


TODAY, MEASURED, LONG_AGO = pd.to_datetime(["2026-06-30", "2026-04-01", "2025-10-01"])


def described(customers: list[str], dates: list[pd.Timestamp]) -> pd.DataFrame:
    keys = pd.MultiIndex.from_product([customers, dates], names=["customer_id", "on_date"])
    return keys.to_frame(index=False)


@pytest.fixture
def shop(tables: Tables) -> Tables:
    """Fifty customers at three dates; of the past ones the outcomes of 90 days, and of the older one those of 181."""
    customers = [f"c{number}" for number in range(50)]
    features = described(customers, [TODAY, MEASURED, LONG_AGO])
    tables.write("ml.features", features.assign(is_today=features["on_date"] == TODAY), NIGHT)
    short, long = described(customers, [MEASURED, LONG_AGO]), described(customers, [LONG_AGO])
    tables.write("ml.outcomes", pd.concat([short.assign(horizon_days=90), long.assign(horizon_days=181)]), NIGHT)
    for name in ("features", "outcomes"):  # what is written bears the night's date; past dates stand beside it
        select = f"select * exclude (as_of_date, on_date), on_date as as_of_date from ml.{name}"
        tables.connection.execute(f"create table features.customer_{name} as {select}")
    return tables


def read_of(shop: Tables, horizon: str, most_customers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    selects = features_and_outcomes(f"{horizon}(horizon_days)", most_customers, "as_of_date, customer_id")
    return shop.read(selects["features"]), shop.read(selects["outcomes"])


def test_a_shop_of_as_many_customers_as_are_learned_from_is_read_whole(shop: Tables) -> None:
    features, outcomes = read_of(shop, "min", most_customers=50)
    assert len(features) == 150
    assert features["is_learned_from"].all()
    assert len(outcomes) == 100
    for frame in (features, outcomes):
        pd.testing.assert_frame_equal(frame, frame.sort_values(["as_of_date", "customer_id"]))


def test_of_a_larger_shop_everybody_is_read_today_and_where_forecasts_are_measured_and_some_elsewhere(
    shop: Tables,
) -> None:
    features, outcomes = read_of(shop, "min", most_customers=10)
    assert features["as_of_date"].value_counts().to_dict() == {TODAY: 50, MEASURED: 50, LONG_AGO: 10}
    learned = set(features.loc[features["is_learned_from"], "customer_id"])
    assert len(learned) == 10
    assert set(features.loc[features["as_of_date"] == LONG_AGO, "customer_id"]) == learned
    assert outcomes["as_of_date"].value_counts().to_dict() == {MEASURED: 50, LONG_AGO: 10}
    assert set(outcomes.loc[outcomes["as_of_date"] == LONG_AGO, "customer_id"]) == learned


def test_each_horizon_is_measured_on_its_own_newest_date_and_nothing_after_it_is_read_but_today(shop: Tables) -> None:
    features, outcomes = read_of(shop, "max", most_customers=10)
    assert features["as_of_date"].value_counts().to_dict() == {TODAY: 50, LONG_AGO: 50}
    assert set(outcomes["horizon_days"]) == {181}
    assert len(outcomes) == 50


def test_who_is_learned_from_stays_when_the_shop_grows(shop: Tables) -> None:
    before, _ = read_of(shop, "min", most_customers=10)
    more = "select 'd' || customer_id as customer_id, is_today, as_of_date from features.customer_features"
    shop.connection.execute(f"insert into features.customer_features by name {more} where customer_id like 'c1%'")
    after, _ = read_of(shop, "min", most_customers=10)
    kept, now = (set(frame.loc[frame["is_learned_from"], "customer_id"]) for frame in (before, after))
    assert {name for name in now if name.startswith("c")} <= kept
    assert now != set()
