"""What stands between every model and the future."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.feature_tables import DateRanks, customers_of, feature_names, of_type, rank_within_dates


@pytest.mark.parametrize("outcome", ["future_net_sales", "future_order_days", "future_anything", "is_churned"])
def test_features_that_hold_an_outcome_are_refused(outcome: str) -> None:
    features = pd.DataFrame(columns=["customer_id", "as_of_date", "is_today", "frequency", outcome])
    with pytest.raises(ValueError, match=f"features hold outcomes, which lie in the future: {outcome}"):
        feature_names(features)
    assert feature_names(features.drop(columns=outcome)) == ["frequency"]


ROWS = st.lists(
    st.tuples(st.integers(1, 3), st.one_of(st.none(), st.integers(-3, 3), st.floats(-9, 9))), min_size=1, max_size=40
)


@given(ROWS)
def test_ranks_are_those_that_pandas_finds_by_sorting(rows: list[tuple[int, float | None]]) -> None:
    table = pd.DataFrame(rows, columns=["date", "number"]).astype({"number": float})
    by_date = table.groupby("date")["number"]
    expected = (by_date.rank() - 0.5) / by_date.transform("count")
    ranks = table[["number"]].to_numpy(copy=True)
    rank_within_dates(ranks, table["date"])
    np.testing.assert_array_equal(ranks[:, 0], expected)


@given(ROWS)
def test_ranks_looked_up_a_few_customers_at_a_time_are_those_of_all_together(
    rows: list[tuple[int, float | None]],
) -> None:
    table = pd.DataFrame(rows, columns=["date", "number"]).astype({"number": float})
    together, parts = table[["number"]].to_numpy(copy=True), table[["number"]].to_numpy(copy=True)
    rank_within_dates(together, pd.Series(0, index=table.index))
    of_date = DateRanks.of(table, ["number"])
    for start in range(0, len(parts), 7):
        of_date.write(parts[start : start + 7])
    np.testing.assert_array_equal(parts, together)


def test_ranks_are_the_same_where_dates_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    dates = pd.Series(random.integers(0, 5, 400))
    at_once = np.where(random.random((400, 2)) < 0.1, np.nan, random.random((400, 2)).round(2))
    one_by_one = at_once.copy()
    rank_within_dates(at_once, dates)
    monkeypatch.setattr("models.feature_tables.MOST_CELLS", 0)
    rank_within_dates(one_by_one, dates)
    np.testing.assert_array_equal(at_once, one_by_one)


def test_customers_are_one_type_in_alphabetical_order_whatever_frame_they_come_from() -> None:
    left, right = pd.DataFrame({"customer_id": ["c", "a"]}), pd.DataFrame({"customer_id": ["b", "a"]})
    customers = customers_of(left, None, right)
    assert customers.categories.tolist() == ["a", "b", "c"]
    named = of_type(customers, left)
    assert named["customer_id"].dtype == customers
    assert named["customer_id"].tolist() == ["c", "a"]
