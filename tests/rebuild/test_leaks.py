"""A leak that is planted in the features of past dates is found by the test of dbt's that every night asks."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.dbt import manifest, parsed_project
from pipelines.dbt_command import run_dbt
from pipelines.modelling.scoring import read_inputs, scores
from pipelines.settings.model import Settings
from pipelines.warehouse.duckdb_tables import open_tables
from tests.rebuild.history import LAST_DAY

pytestmark = pytest.mark.xdist_group("rebuild")

TEST = "assert_past_features_know_nothing_of_later"
TABLES = {  # in the order in which they are built
    "int_past_orders": "intermediate",
    "int_past_customer_days": "intermediate",
    "customer_features": "features",
}
VARIABLES = ["--vars", json.dumps(Settings().dbt_variables())]
KEYS = {"customer_id", "as_of_date", "is_today"}

Compiled = Callable[[str], str]


@pytest.fixture(scope="module")
def compiled(last_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """A function from the name of a model or of the test to its SQL."""
    folder = tmp_path_factory.mktemp("compiled")
    run_dbt(["compile", "--select", *TABLES, TEST, *VARIABLES], copied(last_night, folder), folder, parsed_project())
    return lambda name: next(folder.glob(f"compiled/**/{name}.sql")).read_text()


def copied(warehouse: Path, folder: Path) -> Path:
    copy = folder / "guanxi.duckdb"  # dbt knows the database by this name
    copy.write_bytes(warehouse.read_bytes())
    return copy


@pytest.fixture
def night(last_night: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the last night, to be spoilt."""
    with duckdb.connect(str(copied(last_night, tmp_path))) as connection:
        yield connection


def plant(night: duckdb.DuckDBPyConnection, compiled: Compiled, table: str, sound: str, leaking: str) -> None:
    """Builds the table with one condition of it exchanged, and anew what is made of it."""
    names = list(TABLES)
    for name in names[names.index(table) :]:
        select = compiled(name)
        if name == table:
            assert select.count(sound) == 1
            select = select.replace(sound, leaking)
        night.execute(f"create or replace table {TABLES[name]}.{name} as {select}")


def found(night: duckdb.DuckDBPyConnection, compiled: Compiled) -> dict[date, set[str]]:
    """The date that the night's test asked, if it found anything, and the features that differ there."""
    features: dict[date, set[str]] = {}
    for _customer, as_of_date, differing in night.execute(compiled(TEST)).fetchall():
        features.setdefault(as_of_date, set()).update(differing.split(", "))
    return features


def ask_of(night: duckdb.DuckDBPyConnection, day: date) -> None:
    """Leaves the test no other past date to choose."""
    night.execute("delete from intermediate.int_as_of_dates where not is_today and as_of_date <> ?", [day])


def feature_columns() -> set[str]:
    return set(manifest()["nodes"]["model.guanxi.customer_features"]["columns"]) - KEYS


def test_every_feature_is_recomputed() -> None:
    """A new feature is worked out a second way in the night's test, or it may look into the future unseen."""
    text = manifest()["nodes"][f"test.guanxi.{TEST}"]["raw_code"]
    assert feature_columns() - set(re.findall(r"'(\w+)'", text)) == set()


def test_it_stops_the_night() -> None:
    test = manifest()["nodes"][f"test.guanxi.{TEST}"]
    assert (test["config"]["severity"].lower(), test["config"]["enabled"]) == ("error", True)
    assert test["config"]["meta"]["dagster"]["ref"]["name"] == "customer_features"  # at whose asset it is red


@pytest.mark.parametrize("days", [30, 90, 120, 365])
def test_nothing_is_found_where_nothing_leaks(night: duckdb.DuckDBPyConnection, compiled: Compiled, days: int) -> None:
    ask_of(night, LAST_DAY - timedelta(days=days))
    assert found(night, compiled) == {}


def test_nights_ask_different_dates_and_a_night_built_again_the_same(
    night: duckdb.DuckDBPyConnection, compiled: Compiled
) -> None:
    night.execute("delete from features.customer_features")  # so that whatever date is asked differs
    asked = []
    for number in [*range(8), 0]:
        night.execute("update ops.night set as_of_date = ?", [LAST_DAY + timedelta(days=number)])
        asked += found(night, compiled)
    assert asked[-1] == asked[0]
    assert len(set(asked)) > 4


KNOWN = "customer_days.activity_date <= descriptions.as_of_date"
NO_ORDERS = "customer_days.purchase_count = 0 and customer_days.net_amount = 0"
BUYER = "customers.first_order_date <= as_of_dates.as_of_date"
ORDER_STATE = "superseded_orders.known_until >= past_dates.as_of_date"
LINE_STATE = "superseded_items.known_until >= past_dates.as_of_date"

# what is built, its condition and the leaking one; features by which it must be seen
LEAKS = {
    "windows see the month after the date": (
        ("customer_features", KNOWN, f"{KNOWN} + interval 30 day"),
        {"order_count_30d", "net_sales_30d", "decayed_net_sales", "refund_share", "active_days_90d"},
    ),
    "windows see the day after the date": (
        ("customer_features", KNOWN, f"{KNOWN} + interval 1 day"),
        {"event_count_30d", "session_count_30d"},
    ),
    "events of the week after the date": (
        ("customer_features", KNOWN, f"({KNOWN} or ({NO_ORDERS} and {KNOWN} + interval 7 day))"),
        {"event_count_30d", "view_count_90d", "days_since_last_event"},
    ),
    "who bought for the first time after the date": (
        ("customer_features", BUYER, f"{BUYER} + interval 30 day"),
        {"order_count", "age_days"},
    ),
    "orders as they are known today": (
        ("int_past_customer_days", "where differences.activity_date <= differences.as_of_date", "where false"),
        {"order_count", "net_sales", "monetary_value", "refund_share"},
    ),
    "what was reported of an order only in the month after": (
        ("int_past_orders", ORDER_STATE, f"{ORDER_STATE} + interval 30 day"),
        {"order_count", "net_sales"},
    ),
    "what was given back of a line only in the month after": (
        ("int_past_orders", LINE_STATE, f"{LINE_STATE} + interval 30 day"),
        {"net_sales", "refund_share"},
    ),
}


@pytest.mark.parametrize(("planted", "seen_by"), LEAKS.values(), ids=LEAKS)
def test_a_planted_leak_is_found(
    night: duckdb.DuckDBPyConnection, compiled: Compiled, planted: tuple[str, str, str], seen_by: set[str]
) -> None:
    plant(night, compiled, *planted)
    ask_of(night, LAST_DAY - timedelta(days=90))  # of a date of which much was reported otherwise since
    [features] = found(night, compiled).values()
    assert seen_by <= features


def test_an_outcome_in_the_place_of_a_feature_is_found(night: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    night.execute("""
        update features.customer_features set order_count_90d = outcomes.future_order_count
        from features.customer_outcomes as outcomes
        where outcomes.customer_id = customer_features.customer_id
            and outcomes.as_of_date = customer_features.as_of_date and outcomes.horizon_days = 90
    """)
    assert list(found(night, compiled).values()) == [{"order_count_90d"}]


def test_each_feature_that_is_another_is_named(night: duckdb.DuckDBPyConnection, compiled: Compiled) -> None:
    columns = sorted(feature_columns())
    night.execute(f"update features.customer_features set {', '.join(f'{name} = {name} + 1' for name in columns)}")
    assert list(found(night, compiled).values()) == [set(columns)]


@pytest.mark.parametrize("name", ["churn", "lifetime_value"])
def test_no_model_learns_from_features_that_hold_an_outcome(
    night: duckdb.DuckDBPyConnection, tmp_path: Path, name: str
) -> None:
    night.execute("alter table features.customer_features add column future_order_count bigint")
    night.close()
    training = scores()[name].training
    with open_tables(tmp_path / "guanxi.duckdb") as tables:
        inputs = read_inputs(tables, training.inputs)
    with pytest.raises(ValueError, match="features hold outcomes, which lie in the future: future_order_count"):
        training.call(inputs, Settings())


def test_dbt_itself_refuses_a_night_that_leaks(last_night: Path, compiled: Compiled, tmp_path: Path) -> None:
    warehouse, command = copied(last_night, tmp_path), ["build", "--select", TEST, *VARIABLES]
    assert run_dbt(command, warehouse, tmp_path / "dbt", parsed_project())
    with duckdb.connect(str(warehouse)) as night:
        plant(night, compiled, *LEAKS["windows see the month after the date"][0])
    assert not run_dbt(command, warehouse, tmp_path / "dbt", parsed_project())
    [result] = json.loads((tmp_path / "dbt" / "run_results.json").read_text())["results"]
    assert (result["status"], result["failures"] > 0) == ("fail", True)
