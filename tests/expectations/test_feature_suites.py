"""Every belief about features and outcomes can be shaken, and only by what it forbids."""

import pytest

SABOTAGES = [
    (
        "features.customer_features",
        "today_is_the_night_and_other_dates_lie_before_it",
        "update features.customer_features set as_of_date = '2024-07-01' where customer_id = 'c3' and not is_today",
    ),
    (
        "features.customer_features",
        "there_are_features_of_today",
        "delete from features.customer_features where is_today",
    ),
    (
        "features.customer_features",
        "every_customer_with_a_purchase_has_features_today",
        "delete from features.customer_features where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "no_count_is_negative",
        "update features.customer_features set view_count_30d = -1 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "longer_windows_hold_at_least_as_many_orders",
        "update features.customer_features set order_count_90d = 3 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "no_last_order_comes_after_today",
        "update features.customer_features set recency_days = 91 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "nobody_repeats_more_often_than_there_were_days",
        "update features.customer_features set frequency = 91 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "who_never_repeated_has_no_recency",
        "update features.customer_features set frequency = 0 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "no_gap_is_longer_than_the_longest",
        "update features.customer_features set last_gap_days = 61 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "no_complaint_is_no_ticket",
        "update features.customer_features set complaint_count_365d = 3 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "no_score_is_beyond_its_scale",
        "update features.customer_features set average_score_365d = 1.01 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "the_next_of_a_day_comes_within_a_year",
        "update features.customer_features set days_until_618 = 366 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "repeat_purchases_are_worth_something",
        "update features.customer_features set monetary_value = 0 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "every_measure_is_finite",
        "update features.customer_features set overdue_ratio = 'nan' where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_features",
        "no_customer_is_many_people",
        "update features.customer_features set order_count_30d = 1501, order_count_90d = 1501, "
        "order_count_180d = 1501, order_count_365d = 1501, order_count = 1501 where is_today and customer_id "
        "= 'c3'",
    ),
    (
        "features.customer_features",
        "shares_are_between_none_and_all",
        "update features.customer_features set refund_share = 1.5 where is_today and customer_id = 'c3'",
    ),
    (
        "features.customer_outcomes",
        "every_window_is_over",
        "update features.customer_outcomes set horizon_days = 122 where customer_id = 'c3'",
    ),
    (
        "features.customer_outcomes",
        "every_outcome_has_its_features",
        "delete from features.customer_features where customer_id = 'c3'",
    ),
    (
        "features.customer_outcomes",
        "churned_means_no_purchase_in_the_window",
        "update features.customer_outcomes set is_churned = true where customer_id = 'c3'",
    ),
    (
        "features.customer_outcomes",
        "nobody_buys_on_more_days_than_orders",
        "update features.customer_outcomes set future_order_days = 2 where customer_id = 'c3'",
    ),
]


@pytest.mark.parametrize(("table", "claim", "sabotage"), SABOTAGES, ids=[f"{row[0]}-{row[1]}" for row in SABOTAGES])
def test_one_planted_fault_breaks_exactly_the_claim_it_should(broken_after, table, claim, sabotage):
    broken = broken_after(sabotage, table)
    assert [finding.rule for finding in broken] == [claim]
    assert broken[0].where or claim.startswith("there_are"), "a broken claim says where"
    assert "secret" not in repr(broken).lower(), "a finding shows no personal value"


def test_no_claim_of_the_features_suites_goes_without_a_planted_fault(claims_never_put_to_the_test):
    assert claims_never_put_to_the_test("features", SABOTAGES) == set()
