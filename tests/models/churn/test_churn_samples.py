"""What may be learned from: only windows that were over, and customers whole."""

import numpy as np
import pandas as pd

from models.churn.samples import labelled_customers, training_dates, with_dates
from models.feature_tables import rows_of_at_most

DAYS = pd.DatetimeIndex(["2023-01-01", "2023-06-01", "2023-09-01", "2023-09-02", "2023-12-01"])
LONG = pd.Series(1000, index=DAYS)


def test_a_window_that_ends_on_the_day_is_over_and_one_that_ends_a_day_later_is_not():
    dates = training_dates(DAYS, LONG, pd.Timestamp("2023-11-30"), 90)
    assert dates.tolist() == [pd.Timestamp("2023-01-01"), pd.Timestamp("2023-06-01"), pd.Timestamp("2023-09-01")]


def test_dates_of_a_shops_first_half_year_are_left_out_while_others_are_there():
    history = pd.Series([40, 190, 280, 281, 370], index=DAYS)
    assert pd.Timestamp("2023-01-01") not in training_dates(DAYS, history, pd.Timestamp("2024-06-30"), 90)


def test_a_young_shop_learns_from_dates_with_one_window_of_history_when_it_has_no_better():
    history = pd.Series([40, 95, 120, 121, 170], index=DAYS)
    assert training_dates(DAYS, history, pd.Timestamp("2024-06-30"), 90).tolist() == DAYS[1:].tolist()


def test_only_eligible_customers_with_the_asked_window_and_an_ended_one_are_labelled():
    keys = {"customer_id": list("abcd"), "as_of_date": ["2024-01-01", "2024-01-01", "2024-01-01", "2024-03-01"]}
    features = pd.concat([pd.DataFrame(keys), pd.DataFrame({"customer_id": ["a"], "as_of_date": ["2024-04-30"]})])
    outcomes = pd.DataFrame(keys).assign(
        horizon_days=[90, 30, 90, 90], is_eligible=[True, True, False, True], is_churned=[True, True, True, False]
    )
    labelled = labelled_customers(with_dates(features), with_dates(outcomes), 90, pd.Timestamp("2024-04-30"))
    assert labelled["customer_id"].tolist() == ["a"]


def test_a_sample_of_rows_is_even_and_the_same_whatever_customers_are_called():
    random = np.random.default_rng(0)
    rows = pd.DataFrame({"as_of_date": np.repeat([1, 2, 3], 500), "age_days": random.permutation(1_500)})
    named = [rows.assign(customer_id=random.permutation(1_500)).sort_values("customer_id") for _ in range(2)]
    samples = [rows_of_at_most(each, 600, random_state=0) for each in named]
    assert [len(sample) for sample in samples] == [600, 600]
    assert all(sample["customer_id"].is_monotonic_increasing for sample in samples)
    assert {*samples[0]["age_days"]} == {*samples[1]["age_days"]}
    assert samples[0]["as_of_date"].value_counts().between(160, 240).all()
    assert {*rows_of_at_most(named[0], 600, random_state=1)["age_days"]} != {*samples[0]["age_days"]}
    assert rows_of_at_most(rows, 1_500, random_state=0) is rows
