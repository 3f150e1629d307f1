"""The report on next orders prints its three tables of any days with a purchase, and leaves the house as it was."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import report_next_order
from models.next_order import renewal_law


@pytest.mark.parametrize("days", [700, 60])
def test_the_report_prints_what_the_days_allow(
    tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    random = np.random.default_rng(0)
    purchases = pd.DataFrame({"customer_id": random.integers(0, 400, 3000), "ago": random.integers(0, days, 3000)})
    purchases["date"] = pd.Timestamp("2026-06-30") - pd.to_timedelta(purchases["ago"], unit="D")
    purchases.astype({"customer_id": "str"}).to_parquet(tmp_path / "days.parquet")
    monkeypatch.setattr("sys.argv", ["report_next_order.py", f"shop={tmp_path / 'days.parquet'}"])
    before = renewal_law.STRATA
    report_next_order.main()
    printed = capsys.readouterr().out
    assert printed.count("### shop: ") == 3
    assert printed.count("Nothing: no window") == (0 if days == 700 else 3)
    assert "renewal_law" in printed or days == 60
    assert before == renewal_law.STRATA
