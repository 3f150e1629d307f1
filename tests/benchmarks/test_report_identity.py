"""The report of identity counts pairs by hand the same, and a drawing of people has the dirt that it says."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pipelines.folders import REPOSITORY


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(REPOSITORY / "benchmarks"))
    sys.modules.pop("report_identity", None)
    return importlib.import_module("report_identity")


def test_what_is_drawn_is_the_same_for_a_seed_and_tells_whose_every_account_is(report: ModuleType) -> None:
    drawn, again = report.draw(400, 5), report.draw(400, 5)
    for feed, rows in drawn.feeds.items():
        assert rows.equals(again.feeds[feed])
    accounts = drawn.truth.dropna(subset="account_id")
    assert list(accounts["account_id"]) == list(drawn.feeds["customers"]["account_id"])
    assert accounts["person"].nunique() == 400
    counts = accounts["person"].value_counts()
    assert 0.1 < (counts > 1).mean() < 0.45
    assert drawn.feeds["customers"]["phone"].str.contains("*", regex=False).sum() > 0


@pytest.mark.wide
@pytest.mark.xdist_group("rebuild")
def test_people_are_found_as_the_report_says(report: ModuleType, tmp_path: Path) -> None:
    found = report.measured(4_000, 99, report.Dirt(), tmp_path)
    assert found.accounts > found.people > 3_900
    assert 0 < found.both < found.true
    assert found.precision >= 0.99
    assert found.recall >= 0.94
