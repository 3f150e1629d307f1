"""A past night of the report is given what that night was given; less history is less history. No time is judged."""

import re
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tests.conftest import REPOSITORY, Run

pytestmark = pytest.mark.xdist_group("first_night")
NIGHT = date(2026, 6, 30)


@pytest.fixture(autouse=True)
def _as_the_scripts_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))


def features(file: Path, where: str) -> pd.DataFrame:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(
            f"from features.customer_features where {where} order by customer_id, as_of_date"
        ).df()


def test_on_the_last_night_features_are_those_of_the_night(first_night: Run, tmp_path: Path) -> None:
    from past_nights.shop import PastShop, last_day

    warehouse = first_night.home / "warehouse" / "guanxi.duckdb"
    assert last_day(warehouse) == NIGHT
    shop = PastShop(warehouse, tmp_path / "shop")
    shop.stand_at(NIGHT)
    pd.testing.assert_frame_equal(features(shop.file, "true"), features(warehouse, "true"))


def test_with_less_history_nothing_older_is_known(first_night: Run, tmp_path: Path) -> None:
    from past_nights.shop import PastShop

    night = NIGHT - timedelta(days=90)
    shop = PastShop(first_night.home / "warehouse" / "guanxi.duckdb", tmp_path / "shop", night - timedelta(days=119))
    shop.stand_at(night)
    today = features(shop.file, "is_today")
    assert today["age_days"].max() == 119
    assert today["as_of_date"].eq(pd.Timestamp(night)).all()
    assert shop.sales(night, 90).gt(0).sum() > 50


def test_the_report_sets_each_night_beside_the_rules(
    first_night: Run, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import report_past_nights

    monkeypatch.setattr("sys.argv", ["report", str(first_night.home), "--scores", "churn", "--back", "30"])
    report_past_nights.main()
    printed = capsys.readouterr().out
    assert re.search(r"2026-05-31 +90 +2026-03-02 +gradient_boosting", printed)
    assert "90 days, 1 nights: AUC at least that of the best rule in " in printed


def test_the_report_sets_each_history_beside_the_shorter_ones(
    first_night: Run, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    import report_past_nights

    monkeypatch.setattr("sys.argv", ["report", str(first_night.home), "--back", "90", "--history", "60", "120"])
    report_past_nights.main()
    printed = capsys.readouterr().out
    assert len(re.findall(r"2026-04-01 +(?:30|90|365) +(?:60|120) ", printed)) == 6
    assert "30 days: at most " in printed
