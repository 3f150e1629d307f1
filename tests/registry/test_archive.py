"""Scores are put aside as they were published, and held against what came, by hand; a past night leaves no trace."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from pipelines.modelling.scoring import NET_SALES, PURCHASES, Forecast, scores
from pipelines.registry import archive as archives
from pipelines.registry.archive import BACKTEST_TYPES, Archive

NIGHT = date(2026, 3, 1)
LEARNED = date(2026, 2, 20)
FORECASTS = [
    Forecast("risk", "chance", "horizon_days", PURCHASES, "none"),
    Forecast("risk", "worth", 10, NET_SALES, "sum"),
    Forecast("worth_of_all", "worth_30d", 30, NET_SALES, "sum"),
]


class Shop:
    """Tables of three customers, of whom `a` and `b` bought within ten days of the night, `b` on the last of them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("create schema ml; create schema marts; create schema features")
        self.publish(NIGHT, [0.1, 0.6, 0.9])
        days = [
            ("a", 0, 1, 50),
            ("a", 3, 2, 30),
            ("a", 4, 0, -10),
            ("b", 10, 1, 40),
            ("c", 11, 1, 7),
            ("gone", 1, 1, 9),
        ]
        self.connection.execute(
            "create table marts.fct_customer_days (customer_id varchar, activity_date date, purchase_count bigint,"
            " net_amount decimal(18, 2))"
        )
        for customer, after, count, amount in days:
            self.connection.execute(
                "insert into marts.fct_customer_days values (?, ?, ?, ?)",
                [customer, NIGHT + timedelta(days=after), count, amount],
            )

    def publish(self, as_of: date, chances: list[float]) -> None:
        """Scores of `a`, `b`, `c` and one who is put together with another later."""
        self.connection.execute(
            "create or replace table ml.risk as select customer_id, 'trees' as method,"
            " cast(chance as double) as chance, cast(20 as double) as worth, 10 as horizon_days,"
            f" date '{as_of}' as as_of_date"
            f" from (values ('c', {chances[2]}), ('a', {chances[0]}), ('b', {chances[1]}), ('gone', 0.5))"
            " as scored(customer_id, chance)"
        )
        self.connection.execute(
            "create or replace table ml.worth_of_all as"
            " select 'a' as customer_id, 'trees' as method, cast(60 as double) as worth_30d"
        )
        self.connection.execute(
            "create or replace table features.customer_features as"
            " select unnest(['a', 'b', 'c', 'new']) as customer_id, true as is_today"
        )

    def read(self, query: str) -> pd.DataFrame:
        return self.connection.execute(query).df()


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path, "risk", FORECASTS)


def by_metric(backtests: pd.DataFrame, forecast: str) -> dict[str, float]:
    found = backtests[backtests["forecast"] == forecast]
    return dict(zip(found["metric"], found["value"], strict=True))


def test_a_backtest_by_hand(archive: Archive, shop: Shop) -> None:
    archive.keep(shop.read, NIGHT, LEARNED)
    found = archive.backtests(shop.read, NIGHT + timedelta(days=10))
    chance = by_metric(found, "chance")  # of a, b and c only c stayed away
    assert chance["mean_forecast"] == pytest.approx((0.1 + 0.6 + 0.9) / 3)
    assert chance["mean_outcome"] == pytest.approx(1 / 3)
    assert chance["bias"] == pytest.approx(0.6)
    assert chance["brier"] == pytest.approx((0.01 + 0.36 + 0.01) / 3)
    assert chance["auc"] == 1
    worth = by_metric(found, "worth")  # a brought 30 - 10, b 40, c nothing yet
    assert worth["mean_outcome"] == pytest.approx(20)
    assert worth["bias"] == pytest.approx(0)
    assert worth["mae"] == pytest.approx((0 + 20 + 20) / 3)
    assert "worth_30d" not in set(found["forecast"])
    assert set(found["customer_count"]) == {3}
    assert set(found["method"]) == {"trees"}
    assert {day.date() for day in found["trained_as_of"]} == {LEARNED}
    later = archive.backtests(shop.read, NIGHT + timedelta(days=30))
    assert by_metric(later, "worth_30d")["bias"] == pytest.approx(60 / 20 - 1)


def test_until_the_first_horizon_is_over_there_is_nothing_of_the_right_columns(archive: Archive, shop: Shop) -> None:
    for found in (archive.backtests(shop.read, NIGHT), archive.backtests(shop.read, NIGHT + timedelta(days=400))):
        assert found.empty
        assert list(found.columns) == list(BACKTEST_TYPES)
    archive.keep(shop.read, NIGHT, None)
    assert archive.backtests(shop.read, NIGHT + timedelta(days=9)).empty
    assert archive.backtests(shop.read, NIGHT - timedelta(days=1)).empty


def test_a_night_a_week_and_each_on_which_a_model_was_learned_is_kept(archive: Archive, shop: Shop) -> None:
    for day in range(20):
        as_of = NIGHT + timedelta(days=day)
        archive.keep(shop.read, as_of, as_of if day == 9 else LEARNED)
    assert [(day - NIGHT).days for day in archive.days()] == [0, 7, 9, 16]


def test_the_same_night_again_is_kept_as_it_was_published_last_and_a_past_one_never(
    archive: Archive, shop: Shop
) -> None:
    archive.keep(shop.read, NIGHT, LEARNED)
    shop.publish(NIGHT, [0.2, 0.6, 0.9])
    assert archive.keep(shop.read, NIGHT, LEARNED)
    before = {file.name: file.read_bytes() for file in archive.folder.rglob("*.parquet")}
    for days in (1, 40):
        past = NIGHT - timedelta(days=days)
        shop.publish(past, [0.9, 0.9, 0.9])
        assert archive.keep(shop.read, past, past) is None
    assert {file.name: file.read_bytes() for file in archive.folder.rglob("*.parquet")} == before
    found = archive.backtests(shop.read, NIGHT + timedelta(days=10))
    assert by_metric(found, "chance")["mean_forecast"] == pytest.approx((0.2 + 0.6 + 0.9) / 3)


def test_what_is_kept_holds_ids_and_forecasts_and_goes_when_nobody_asks_for_it(archive: Archive, shop: Shop) -> None:
    file = archive.keep(shop.read, NIGHT, None)
    assert file is not None
    kept = pd.read_parquet(file)
    assert set(kept.columns) == {
        *("customer_id", "method", "trained_as_of", "chance", "worth", "worth_30d"),
        *("chance__days", "worth__days", "worth_30d__days"),
    }
    assert kept["customer_id"].tolist() == ["a", "b", "c", "gone"]
    archive.keep(shop.read, NIGHT + timedelta(days=30 + 182), None)
    assert NIGHT in archive.days()
    archive.keep(shop.read, NIGHT + timedelta(days=30 + 190), None)
    assert NIGHT not in archive.days()


def test_of_many_customers_the_same_even_sample_is_kept_in_whatever_order(
    archive: Archive, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MOST_CUSTOMERS", 2)
    kept = []
    for chances in ([0.1, 0.2, 0.3], [0.3, 0.2, 0.1]):
        shop.publish(NIGHT, chances)
        file = archive.keep(shop.read, NIGHT, None)
        assert file is not None
        kept.append(pd.read_parquet(file)["customer_id"].tolist())
    assert kept[0] == kept[1]
    assert len(kept[0]) == 2


def test_a_damaged_file_and_somebody_elses_are_passed_over(archive: Archive, shop: Shop) -> None:
    file = archive.keep(shop.read, NIGHT, None)
    assert file is not None
    file.write_bytes(file.read_bytes()[:-9])
    (file.parent / "notes.parquet").write_text("mine")
    assert archive.backtests(shop.read, NIGHT + timedelta(days=60)).empty
    archive.keep(shop.read, NIGHT + timedelta(days=400), None)
    assert NIGHT not in archive.days()


def test_without_a_customer_or_a_forecast_nothing_is_kept(tmp_path: Path, shop: Shop) -> None:
    assert Archive(tmp_path, "silent", []).keep(shop.read, NIGHT, None) is None
    shop.connection.execute("delete from ml.risk; delete from ml.worth_of_all")
    assert Archive(tmp_path, "risk", FORECASTS).keep(shop.read, NIGHT, None) is None
    assert not list(tmp_path.iterdir())


def test_where_nobody_bought_anything_there_is_an_answer(archive: Archive, shop: Shop) -> None:
    archive.keep(shop.read, NIGHT, None)
    shop.connection.execute("delete from marts.fct_customer_days")
    found = archive.backtests(shop.read, NIGHT + timedelta(days=30))
    assert by_metric(found, "chance")["mean_outcome"] == 1
    assert by_metric(found, "worth")["mae"] == 20
    assert np.isfinite(found["value"]).all()


def test_the_scores_of_the_house_say_what_is_to_come_true() -> None:
    assert {name: [one.column for one in score.forecasts] for name, score in scores().items() if score.forecasts} == {
        "churn": ["churn_probability", "churn_probability_30d"],
        "lifetime_value": ["predicted_value_30d", "predicted_value_90d", "predicted_value"],
    }
