"""A score is one file, found by its folder; what it makes is kept without touching what others made."""

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from importlib import import_module
from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from pipelines.modelling import scoring
from pipelines.modelling.scoring import (
    METRICS,
    SHARED,
    Asking,
    Score,
    Scored,
    Stream,
    find_scores,
    forget_rows_of_others,
    keep_parts,
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


def score(inputs: Inputs, settings: Settings, model: None) -> Scored:
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
    from pipelines.defs.modelling.assets import score_assets, shared_assets

    found = find_scores(import_module("invented_scores"))
    assert list(found) == ["loyalty"]
    meanings = {"ml.customer_loyalty": "One row per customer: whether loyal."}
    made = score_assets("loyalty", found["loyalty"], meanings)
    key = dg.AssetKey(["ml", "customer_loyalty"])
    assert made.keys == {key}
    assert made.asset_deps[key] == {dg.AssetKey(["marts", "customer_tiers"]), dg.AssetKey(["marts", "dim_customers"])}
    assert made.descriptions_by_key[key] == meanings["ml.customer_loyalty"]
    shared = shared_assets(found, meanings)
    for address in SHARED:
        assert shared.asset_deps[dg.AssetKey(address.split("."))] == {key}


def test_a_score_is_pure_it_can_be_called_with_frames(package: Path) -> None:
    [score] = find_scores(import_module("invented_scores")).values()
    tiers = pd.DataFrame({"customer_id": ["a", "b"], "months": [3, 30]})
    scored = score.call({"tiers": tiers}, Settings(), None)
    assert scored.tables["customer_loyalty"]["is_loyal"].tolist() == [False, True]


def test_a_file_that_is_no_score_is_named(package: Path) -> None:
    (package / "helpers.py").write_text("SCORES = 1")
    with pytest.raises(TypeError, match=r"helpers\.py is no score: it defines no SCORE"):
        find_scores(import_module("invented_scores"))


def test_the_scores_of_the_house_declare_what_they_read() -> None:
    read = ["features.customer_features", "features.customer_outcomes"]
    orders = ["marts.fct_order_items", "marts.fct_orders", "ops.night"]
    assert {name: score.reads for name, score in scores().items()} == {
        "churn": [*read, "marts.fct_customer_days"],
        "lifetime_value": [*read, "marts.fct_customer_days"],
        "next_order": ["marts.fct_customer_days", "ops.night"],
        "next_categories": ["marts.dim_products", *orders],
        "product_affinities": orders,
    }


def test_no_two_scores_fill_one_table() -> None:
    filled = [table for score in scores().values() for table in score.tables]
    assert len(filled) == len(set(filled))
    assert METRICS.removeprefix("ml.") not in filled


def test_what_was_told_of_a_table_as_a_model_was_learned_is_told_beside_what_tonight_says_of_it() -> None:
    learned = Scored({}, notes={"pairs": ["tested"], "other": ["as it was"]})
    assert learned.followed_by(Scored({}, notes={"pairs": ["none tonight"]})).notes == {
        "pairs": ["tested", "none tonight"],
        "other": ["as it was"],
    }


def nothing_but(table: str) -> Score:
    return Score({}, (table,), lambda inputs, settings, model: scored_as(table, 0.0))


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
    forget_rows_of_others(tables, ["churn"], NIGHT)
    assert tables.read(f"select model from {METRICS}")["model"].tolist() == ["churn"]


def test_tonights_pictures_replace_those_of_the_same_score_only(tmp_path: Path) -> None:
    score = Score({}, ("drawn", "no_longer_drawn"), lambda inputs, settings, model: scored_as("drawn", 0.0))
    for name in ("drawn", "no_longer_drawn", "of_another"):
        (tmp_path / f"{name}.png").write_bytes(b"yesterday")
    keep_pictures(score, {"drawn": b"tonight"}, tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "drawn.png": b"tonight",
        "of_another.png": b"yesterday",
    }


@pytest.mark.parametrize("customers", [1, 2, 3, 4, 7, 8, 9])
def test_a_stream_tells_everybody_once_in_the_order_of_ids_and_adds_up_what_is_nobodys(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, customers: int
) -> None:
    monkeypatch.setattr(scoring, "SAMPLE", 2)
    monkeypatch.setattr(scoring, "BATCH", 4)
    ids = [f"{'zyxwvutsr'[number]}'s" for number in range(customers)]
    days = pd.DataFrame({"customer_id": [*ids, *ids], "amount": [1] * customers + [2] * customers})
    tables.write("marts.days", days.astype({"customer_id": "str"}), NIGHT)
    asked: list[list[str]] = []

    def score(inputs: dict[str, pd.DataFrame], settings: Settings, seen: str) -> Scored:
        rows = inputs["days"]
        asked.append(sorted(rows["customer_id"].unique()))
        sums = rows.groupby("customer_id", as_index=False)["amount"].sum().assign(seen=seen)
        count = pd.DataFrame({"kind": ["all"], "customers": [len(sums)]})
        return Scored({"sums": sums, "counted": count}, notes={"sums": [f"{len(sums)} at a time"]})

    stream = Stream(
        "days",
        lambda inputs, settings, model: f"{model} {inputs['days']['customer_id'].nunique()}",
        added_up={"counted": "kind"},
        pictures={"counted": lambda counted: str(counted["customers"].iloc[0]).encode()},
    )
    inputs = {"days": "select customer_id, amount from marts.days"}
    asking = Asking(Score(inputs, ("sums", "counted"), score, stream=stream), tables.read, Settings(), "sample of")
    rest = keep_parts(lambda: nullcontext(tables), asking, Scored({}), NIGHT)
    told = tables.read("select customer_id, amount, seen from ml.sums")
    assert told["customer_id"].tolist() == sorted(ids)
    assert (told["amount"] == 3).all()
    assert told["seen"].unique().tolist() == [f"sample of {min(customers, 2)}"]
    # two batches are at work at a time, and either may begin
    sizes = sorted(len(part) for part in asked)
    assert sizes == sorted([4] * (customers // 4) + [customers % 4] * (customers % 4 > 0))
    assert rest.tables["counted"].to_dict("list") == {"kind": ["all"], "customers": [customers]}
    assert rest.pictures == {"counted": str(customers).encode()}
    assert len(rest.notes["sums"]) == len(asked)


def test_what_goes_wrong_with_some_customers_goes_wrong_with_the_score(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "SAMPLE", 1)
    monkeypatch.setattr(scoring, "BATCH", 1)
    tables.write("marts.days", pd.DataFrame({"customer_id": ["a", "b", "c"]}).astype("str"), NIGHT)

    def score(inputs: dict[str, pd.DataFrame], settings: Settings, model: None) -> Scored:
        if inputs["days"]["customer_id"].tolist() == ["b"]:
            raise ValueError("b is not to be scored")
        return Scored({"names": inputs["days"]})

    one = Score({"days": "select customer_id from marts.days"}, ("names",), score, stream=Stream("days"))
    with pytest.raises(ValueError, match="b is not to be scored"):
        keep_parts(lambda: nullcontext(tables), Asking(one, tables.read, Settings(), None), Scored({}), NIGHT)


def test_a_table_that_a_score_declares_and_nobody_made_is_an_error_and_not_that_of_the_night_before(
    tables: Tables,
) -> None:
    tables.write("marts.days", pd.DataFrame({"customer_id": ["a"]}).astype("str"), NIGHT)

    def score(inputs: dict[str, pd.DataFrame], settings: Settings, model: None) -> Scored:
        return Scored({"names": inputs["days"]})

    query = {"days": "select customer_id from marts.days"}
    asking = Asking(Score(query, ("names", "learned", "forgotten"), score), tables.read, Settings(), None)
    learned = Scored({"learned": pd.DataFrame({"x": [1]})})
    with pytest.raises(ValueError, match=r"no rows were made for ml\.forgotten, which the score declares"):
        keep_parts(lambda: nullcontext(tables), asking, learned, NIGHT)
