"""Whether an order comes at all: by the law, or by law and purchase process together, whoever was nearer."""

import numpy as np
import pandas as pd
import pytest

from models import metrics
from models.next_order.candidates import BY_BOTH, BY_LAW, Candidates
from models.next_order.histories import Histories
from models.next_order.study import Study, Window
from tests.models.next_order.conftest import TODAY

HORIZON = 90


@pytest.fixture(scope="module")
def seasonal() -> pd.DataFrame:
    """Three years of 2,000 customers who leave for good, with three times the pace in the days after today's date."""
    random = np.random.default_rng(7)
    days = np.arange(-1095, HORIZON)
    pace = np.where((days % 365) < HORIZON, 3.0, 0.5)
    began = random.integers(-1095, 0, 2000)
    left = began + random.exponential(400, 2000)
    rate = random.gamma(1.0, 1 / 120, 2000)
    rows = [
        (f"c{who:04d}", TODAY + pd.Timedelta(days=int(day)))
        for who in range(2000)
        for is_here in [(days >= began[who]) & (days <= left[who])]
        for day in [began[who], *days[is_here & (random.random(days.size) < rate[who] * pace)]]
    ]
    return pd.DataFrame(rows, columns=["customer_id", "purchase_date"]).drop_duplicates()


def brier(window: Window, by: str) -> float:
    return metrics.brier(window.has_come, window.probabilities[by])


def test_who_was_nearer_in_past_windows_tells_whether_orders_come(seasonal, shop) -> None:
    """The process knows a season and the law does not; where gaps are regular, the law knows more."""
    for purchase_days, teller in ((seasonal, BY_BOTH), (shop, BY_LAW)):
        study = Study.of(Histories.of(purchase_days, TODAY), HORIZON)
        assert study.validation is not None
        assert study.tested_by == min((BY_BOTH, BY_LAW), key=lambda by: brier(study.validation, by))
        assert study.published_by == teller


def test_a_season_ahead_brings_more_orders_and_as_many_come(seasonal) -> None:
    histories, later = Histories.of(seasonal, TODAY), Histories.of(seasonal, TODAY + pd.Timedelta(days=HORIZON))
    candidates, standing = Candidates.of(histories, HORIZON), histories.standing
    outlook, level = candidates.outlook(standing), candidates.level(standing)
    told = candidates.probability(BY_BOTH, standing, outlook, level)
    came = np.isfinite(later.next_after(histories, HORIZON))
    assert told.mean() == pytest.approx(came.mean(), abs=0.03)
    assert abs(outlook.probability.mean() - came.mean()) > 0.06
    assert metrics.brier(came, told) < metrics.brier(came, outlook.probability)


def test_in_a_shop_where_hardly_anybody_came_back_the_law_tells(days_of_one) -> None:
    few = Histories.of(pd.concat([days_of_one(100, 60, 20, name="a"), days_of_one(50, name="b")]), TODAY)
    candidates, standing = Candidates.of(few, HORIZON), few.standing
    outlook = candidates.outlook(standing)
    told = candidates.probability(BY_BOTH, standing, outlook, candidates.level(standing))
    assert told.tolist() == outlook.probability.tolist()


def test_some_customers_are_told_what_they_are_told_among_all(shop) -> None:
    histories = Histories.of(shop, TODAY)
    candidates, level = Candidates.of(histories, HORIZON), Candidates.of(histories, HORIZON).level(histories.standing)
    whole = candidates.probability(BY_BOTH, histories.standing, candidates.outlook(histories.standing), level)
    some = Histories.of(shop[shop["customer_id"] < "c00100"], TODAY).standing
    told = candidates.probability(BY_BOTH, some, candidates.outlook(some), level)
    assert told == pytest.approx(whole[: told.size])
