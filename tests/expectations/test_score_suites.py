"""Every belief about the models' scores can be shaken, and only by what it forbids."""

import pytest

SABOTAGES = [
    (
        "ml.churn_reliability",
        "every_mean_forecast_is_a_probability",
        "update ml.churn_reliability set predicted_mean = 1.2 where tenth = 10",
    ),
    (
        "ml.churn_reliability",
        "every_share_that_left_is_a_share",
        "update ml.churn_reliability set actual_mean = -0.1 where tenth = 1",
    ),
    (
        "ml.churn_reliability",
        "there_are_ten_tenths_at_most",
        "update ml.churn_reliability set tenth = 11 where tenth = 10",
    ),
    (
        "ml.churn_reliability",
        "forecasts_rise_from_tenth_to_tenth",
        "update ml.churn_reliability set predicted_mean = 0.5 where tenth = 10",
    ),
    (
        "ml.customer_churn",
        "contributions_add_up_to_the_probability",
        "update ml.customer_churn set contribution_spend = 0.00001 where customer_id = 'c3'",
    ),
    (
        "ml.customer_churn",
        "churn_within_30_days_is_a_probability",
        "update ml.customer_churn set churn_probability_30d = 1.1 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "no_prediction_falls_with_a_longer_horizon",
        "update ml.customer_lifetime_value set predicted_value_30d = 1 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "every_interval_holds_its_value",
        "update ml.customer_lifetime_value set predicted_value_high = 199 where customer_id = 'c3'",
    ),
    (
        "ml.model_metrics",
        "the_champions_sum_of_values_is_not_far_from_what_came",
        "update ml.model_metrics set value = -0.51 where model = 'lifetime_value' and metric = 'bias'",
    ),
    ("ml.calibration", "tenths_are_one_to_ten", "update ml.calibration set decile = 11 where decile = 3"),
    ("ml.calibration", "no_tenth_is_empty", "update ml.calibration set customer_count = 0 where decile = 3"),
    ("ml.calibration", "every_mean_is_finite", "update ml.calibration set actual_mean = 'nan' where decile = 3"),
    (
        "ml.order_tracking",
        "no_expected_number_is_negative",
        "update ml.order_tracking set expected_orders_incremental = -1 where period_end = '2024-06-03'",
    ),
    (
        "ml.order_tracking",
        "no_sum_falls",
        "update ml.order_tracking set expected_orders_cumulative = 0 where period_end = '2024-06-03'",
    ),
    (
        "ml.frequency_histogram",
        "no_expected_number_is_negative",
        "update ml.frequency_histogram set expected_customers = -1",
    ),
    (
        "ml.frequency_histogram",
        "it_counts_every_customer_of_today",
        "update ml.frequency_histogram set actual_customers = actual_customers - 1",
    ),
    (
        "ml.customer_lifetime_value",
        "every_value_is_of_a_customer_of_today",
        "insert into ml.customer_lifetime_value select * replace ('stranger' as customer_id) from "
        "ml.customer_lifetime_value where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "every_customer_of_today_has_a_value",
        "delete from ml.customer_lifetime_value where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "no_predicted_value_is_negative",
        "update ml.customer_lifetime_value set predicted_value = -1 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "no_expected_order_count_is_negative",
        "update ml.customer_lifetime_value set expected_orders = -1 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "no_expected_order_value_is_negative",
        "update ml.customer_lifetime_value set expected_order_value = -1 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "every_prediction_is_finite",
        "update ml.customer_lifetime_value set expected_orders = 'nan' where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "the_chance_of_being_alive_is_a_probability",
        "update ml.customer_lifetime_value set probability_alive = 1.2 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "the_chance_of_no_purchase_is_a_probability",
        "update ml.customer_lifetime_value set probability_no_purchase = -0.2 where customer_id = 'c3'",
    ),
    (
        "ml.customer_lifetime_value",
        "predicted_sales_are_of_the_shop_size",
        "update ml.customer_lifetime_value set predicted_value = 1001",
    ),
    (
        "ml.customer_lifetime_value",
        "no_customer_is_worth_more_than_the_shop_has_seen",
        "update ml.customer_lifetime_value set predicted_value = 2001 where customer_id = 'c3'",
    ),
    (
        "ml.customer_churn",
        "every_score_is_of_a_customer_of_today",
        "insert into ml.customer_churn select * replace ('stranger' as customer_id) from ml.customer_churn "
        "where customer_id = 'c3'",
    ),
    (
        "ml.customer_churn",
        "whoever_bought_later_than_a_scored_customer_has_a_score",
        "delete from ml.customer_churn where customer_id = 'c3'",
    ),
    (
        "ml.customer_churn",
        "churn_is_a_probability",
        "update ml.customer_churn set churn_probability = 1.5 where churn_probability > 0.9",
    ),
    (
        "ml.customer_churn",
        "percentiles_run_from_0_to_100",
        "update ml.customer_churn set churn_percentile = 101 where customer_id = 'c3'",
    ),
    (
        "ml.customer_churn",
        "bands_follow_the_probabilities",
        "update ml.customer_churn set churn_band = 'high' where churn_probability < 0.1",
    ),
    (
        "ml.customer_churn",
        "churn_is_neither_certain_nor_unknown",
        "update ml.customer_churn set churn_probability = 0.99, contribution_silence = ln(99) - contribution_base",
    ),
    (
        "ml.model_metrics",
        "every_value_is_finite",
        "update ml.model_metrics set value = 'nan' where candidate = 'past_spend'",
    ),
    (
        "ml.model_metrics",
        "every_test_window_is_over",
        "update ml.model_metrics set horizon_days = 122 where candidate = 'recency'",
    ),
    (
        "ml.model_metrics",
        "every_test_has_customers",
        "update ml.model_metrics set customer_count = 0 where candidate = 'recency'",
    ),
    (
        "ml.model_metrics",
        "every_model_stands_beside_a_baseline",
        "delete from ml.model_metrics where candidate = 'recency'",
    ),
    (
        "ml.model_metrics",
        "the_churn_model_ranks_better_than_every_baseline",
        "update ml.model_metrics set value = 0.81 where candidate = 'recency'",
    ),
    (
        "ml.customer_next_order",
        "every_forecast_is_of_somebody_who_has_bought",
        "insert into ml.customer_next_order select * replace ('stranger' as customer_id) from "
        "ml.customer_next_order where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "everybody_who_has_bought_has_a_forecast",
        "delete from ml.customer_next_order where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "the_chance_of_an_order_is_a_probability",
        "update ml.customer_next_order set probability_of_order = 1.1 where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "every_date_lies_within_the_horizon",
        "update ml.customer_next_order set expected_order_date = date '2024-09-29', high = date '2024-09-29' "
        "where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "a_date_is_told_where_an_order_is_not_less_likely_than_none",
        "update ml.customer_next_order set probability_of_order = 0.49 where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "every_interval_holds_its_date",
        "update ml.customer_next_order set low = date '2024-07-21' where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "who_is_overdue_has_let_the_due_date_pass",
        "update ml.customer_next_order set next_order_status = 'overdue' where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_order",
        "nobodys_last_order_is_still_to_come",
        "update ml.customer_next_order set last_order_date = date '2024-07-01' where customer_id = 'c3'",
    ),
    (
        "ml.model_metrics",
        "next_order_dates_are_nearer_than_every_baseline",
        "update ml.model_metrics set value = 31 where model = 'next_order' and role = 'champion' and value = 20",
    ),
    (
        "ml.model_metrics",
        "intervals_of_next_orders_hold_what_they_promise",
        "update ml.model_metrics set value = 0.64 where metric = 'interval_coverage'",
    ),
    (
        "ml.models",
        "no_model_comes_from_a_later_night",
        "update ml.models set trained_as_of = '2024-07-01' where model = 'lifetime_value'",
    ),
    (
        "ml.models",
        "no_model_learned_from_a_day_that_it_could_not_know",
        "update ml.models set learned_until = '2024-06-01' where model = 'lifetime_value'",
    ),
    ("ml.models", "no_score_has_two_champions", "update ml.models set role = 'champion'"),
    (
        "ml.models",
        "only_a_champion_scores",
        "update ml.models set role = 'challenger' where is_scoring_tonight and model = 'churn'",
    ),
    ("ml.models", "no_skill_is_better_than_perfect", "update ml.models set skill = 1.1 where model = 'lifetime_value'"),
    (
        "ml.models",
        "the_scoring_model_is_better_than_the_best_rule",
        "update ml.models set skill = 0 where model = 'lifetime_value'",
    ),
    ("ml.backtests", "every_value_is_finite", "update ml.backtests set value = 'nan' where metric = 'brier'"),
    ("ml.backtests", "every_horizon_is_over", "update ml.backtests set horizon_days = 122 where metric = 'brier'"),
    (
        "ml.backtests",
        "no_model_scored_before_it_learned",
        "update ml.backtests set trained_as_of = '2024-03-02' where metric = 'brier'",
    ),
    ("ml.backtests", "every_backtest_has_customers", "update ml.backtests set customer_count = 0"),
    (
        "ml.backtests",
        "every_measure_of_a_probability_is_a_share",
        "update ml.backtests set value = 1.2 where metric = 'brier'",
    ),
    ("ml.backtests", "no_error_is_negative", "update ml.backtests set value = -1 where metric = 'bias_error'"),
    ("ml.model_drift", "every_value_is_finite", "update ml.model_drift set value = 'nan' where measure = 'age_days'"),
    (
        "ml.model_drift",
        "no_stability_index_is_negative",
        "update ml.model_drift set value = -0.3 where measure = 'age_days'",
    ),
    (
        "ml.model_drift",
        "no_warning_comes_after_the_block",
        "update ml.model_drift set warn_from = 0.28 where measure = 'age_days'",
    ),
    (
        "ml.model_drift",
        "every_level_follows_the_value",
        "update ml.model_drift set level = 'ok' where measure = 'age_days'",
    ),
    (
        "ml.model_drift",
        "no_model_has_drifted",
        "update ml.model_drift set value = -0.2, level = 'warn' where kind = 'calibration'",
    ),
    (
        "ml.model_metrics",
        "no_rule_guesses_more_next_categories_than_the_champion",
        "update ml.model_metrics set value = 0.61 where candidate = 'same_as_last'",
    ),
    (
        "ml.model_metrics",
        "probabilities_of_next_categories_are_not_far_from_what_came",
        "update ml.model_metrics set value = 0.51 where model = 'next_categories' and metric = 'bias'",
    ),
    (
        "ml.customer_next_categories",
        "every_guess_is_of_a_customer_of_today",
        "insert into ml.customer_next_categories select * replace ('stranger' as customer_id) from "
        "ml.customer_next_categories where customer_id = 'c3'",
    ),
    (
        "ml.customer_next_categories",
        "every_category_is_one_that_is_sold",
        "update ml.customer_next_categories set category = 'books' where category = 'pots'",
    ),
    (
        "ml.customer_next_categories",
        "ranks_are_one_to_five",
        "update ml.customer_next_categories set rank = 6 where rank = 3 and customer_id = 'c3'",
    ),
    (
        "ml.customer_next_categories",
        "the_chance_of_a_category_is_a_probability",
        "update ml.customer_next_categories set probability = 1.2 where rank = 1 and customer_id = 'c3'",
    ),
    (
        "ml.customer_next_categories",
        "no_chance_is_above_that_of_the_rank_before",
        "update ml.customer_next_categories set probability = 0.31 where rank = 3 and customer_id = 'c3'",
    ),
    (
        "ml.customer_next_categories",
        "every_customer_has_every_rank_up_to_the_last",
        "delete from ml.customer_next_categories where rank = 2 and customer_id = 'c3'",
    ),
    (
        "ml.customer_next_categories",
        "no_category_is_guessed_twice",
        "update ml.customer_next_categories set category = 'cups' where rank = 3 and customer_id = 'c3'",
    ),
    (
        "ml.customer_next_categories",
        "first_guesses_are_neither_certain_nor_idle",
        "update ml.customer_next_categories set probability = 0.99 where rank = 1",
    ),
    (
        "ml.product_affinities",
        "every_product_is_one_of_the_shop",
        "delete from marts.dim_products where product_id = 'cup'",
    ),
    (
        "ml.product_affinities",
        "no_product_goes_with_itself",
        "insert into ml.product_affinities select * replace (product_id as other_product_id, "
        "order_count as other_order_count, 2 as lift) from ml.product_affinities where product_id = 'cup'",
    ),
    ("ml.product_affinities", "ranks_are_one_to_twenty", "update ml.product_affinities set rank = 21"),
    (
        "ml.product_affinities",
        "a_pair_was_seen_five_times_at_least",
        "update ml.product_affinities set together_count = 4, support = 0.04, confidence = 4.0 / order_count, lift = 2",
    ),
    ("ml.product_affinities", "kept_pairs_are_hardly_chance", "update ml.product_affinities set q_value = 0.051"),
    ("ml.product_affinities", "no_pair_is_surer_than_its_test", "update ml.product_affinities set p_value = 0.02"),
    (
        "ml.product_affinities",
        "no_pair_is_in_more_orders_than_either_product",
        "update ml.product_affinities set together_count = 11, support = 0.11, confidence = 11.0 / order_count, "
        "lift = 5.5",
    ),
    (
        "ml.product_affinities",
        "confidence_is_the_share_of_the_products_orders",
        "update ml.product_affinities set confidence = 0.5 where product_id = 'cup'",
    ),
    (
        "ml.product_affinities",
        "support_and_lift_are_of_the_same_orders",
        "update ml.product_affinities set lift = 5 where product_id = 'cup'",
    ),
    (
        "ml.product_affinities",
        "a_pair_says_the_same_of_itself_both_ways",
        "update ml.product_affinities set order_count = 40, confidence = 0.2, lift = 2 where product_id = 'cup'",
    ),
]


@pytest.mark.parametrize(("table", "claim", "sabotage"), SABOTAGES, ids=[f"{row[0]}-{row[1]}" for row in SABOTAGES])
def test_one_planted_fault_breaks_exactly_the_claim_it_should(broken_after, table, claim, sabotage):
    broken = broken_after(sabotage, table)
    assert [finding.rule for finding in broken] == [claim]
    assert broken[0].where or claim.startswith("there_are"), "a broken claim says where"
    assert "secret" not in repr(broken).lower(), "a finding shows no personal value"


def test_no_claim_of_the_ml_suites_goes_without_a_planted_fault(claims_never_put_to_the_test):
    assert claims_never_put_to_the_test("ml", SABOTAGES) == set()
