"""When models refuse: the rules at their boundaries."""

import pandas as pd
import pytest

from models.refusal import reasons_to_refuse

SILENT = "no order in the last 30 days"


def customers(count: int = 600, age_days: int = 600, silence: int = 0) -> pd.DataFrame:
    """Customers of one as-of date, all alike, of whom the last bought `silence` days ago."""
    last = [silence, *[silence + 40] * (count - 1)]
    return pd.DataFrame({"age_days": age_days, "frequency": 2, "days_since_last_order": last[:count]})


@pytest.mark.parametrize(("silence", "reasons"), [(29, []), (30, [SILENT]), (31, [SILENT])])
def test_an_order_of_thirty_days_ago_is_not_in_the_last_thirty_days(silence: int, reasons: list[str]) -> None:
    assert reasons_to_refuse(customers(silence=silence), window_days=90) == reasons


def test_buyers_and_history_are_enough_from_the_limit_on() -> None:
    assert reasons_to_refuse(customers(count=500, age_days=270), window_days=90) == []
    assert reasons_to_refuse(customers(count=499), window_days=90) == ["499 buyers are fewer than 500"]
    assert reasons_to_refuse(customers(age_days=269), window_days=90) == ["269 days of history are fewer than 270"]
    assert reasons_to_refuse(customers(age_days=179), window_days=30) == ["179 days of history are fewer than 180"]


def test_nobody_at_all_is_refused_for_every_reason() -> None:
    assert len(reasons_to_refuse(customers(count=0), window_days=90)) == 3
