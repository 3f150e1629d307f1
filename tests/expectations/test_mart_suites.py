"""Every claim about what is published can be broken, and only by what it forbids."""

import pytest

SABOTAGES = [
    ("marts.segment_summary", "there_are_segments", "delete from marts.segment_summary"),
    (
        "marts.segment_summary",
        "no_segment_is_empty",
        "insert into marts.segment_summary values ('channel', 'fair', '2024-06-30', 0, 0)",
    ),
    (
        "marts.segment_summary",
        "every_division_holds_all_customers_and_their_sales",
        "update marts.segment_summary set net_sales = net_sales + 0.01 where segment = 'shop'",
    ),
    ("marts.data_quality", "there_are_measures", "delete from marts.data_quality"),
    (
        "marts.data_quality",
        "a_share_lies_between_nothing_and_all",
        "update marts.data_quality set numerator = 11, value = 1.1 where measure = 'coverage'",
    ),
    ("marts.segment_value_ratios", "there_are_segments", "delete from marts.segment_value_ratios"),
    (
        "marts.segment_value_ratios",
        "no_segment_is_empty",
        "insert into marts.segment_value_ratios values ('channel', 'fair', '2024-06-30', 0)",
    ),
    (
        "marts.segment_value_ratios",
        "every_division_holds_all_buyers",
        "delete from marts.segment_value_ratios where segment = 'shop'",
    ),
    (
        "marts.fct_order_items",
        "no_line_is_dated_after_the_night",
        "update marts.fct_order_items set order_date = '2024-07-01' where order_id = 'shop:o3'",
    ),
    (
        "marts.fct_customer_days",
        "no_day_lies_after_the_night",
        "insert into marts.fct_customer_days values ('c3', '2024-07-01', 0, 0)",
    ),
    ("marts.fct_orders", "there_are_orders", "delete from raw.orders; delete from marts.fct_orders"),
    ("marts.fct_orders", "every_landed_order_is_here", "delete from marts.fct_orders where order_id = 'shop:o3'"),
    (
        "marts.fct_orders",
        "nearly_every_total_is_the_sum_of_its_parts",
        "update marts.fct_orders set total_amount = total_amount - 0.04 where order_id = 'shop:o3'",
    ),
    (
        "marts.fct_tickets",
        "at_least_half_of_the_tickets_have_a_customer",
        "update marts.fct_tickets set customer_id = null where ticket_id > 'shop:t12'",
    ),
    (
        "marts.fct_feedback",
        "at_least_half_of_the_feedback_has_a_customer",
        "update marts.fct_feedback set customer_id = null where feedback_id > 'shop:f12'",
    ),
    (
        "marts.fct_campaign_messages",
        "at_least_half_of_the_messages_have_a_customer",
        "update marts.fct_campaign_messages set customer_id = null where message_id > 'shop:m12'",
    ),
    (
        "marts.fct_campaign_messages",
        "hardly_any_message_is_read_before_it_was_sent",
        "update marts.fct_campaign_messages set opened_at = sent_at - interval 1 second where message_id = 'shop:m3'",
    ),
    ("marts.dim_customers", "there_are_customers", "delete from marts.fct_orders; delete from marts.dim_customers"),
    (
        "marts.dim_customers",
        "no_profile_is_more_than_full",
        "update marts.dim_customers set profile_completeness = 1.125 where customer_id = 'c3'",
    ),
    (
        "marts.dim_customers",
        "no_contact_is_confirmed_after_the_night",
        "update marts.dim_customers set freshness_days = -1 where customer_id = 'c3'",
    ),
    (
        "marts.customer_rfm",
        "recency_levels_run_from_1_to_3",
        "update marts.customer_rfm set recency_level = 4 where customer_id = 'c3'",
    ),
    (
        "marts.customer_rfm",
        "frequency_levels_run_from_1_to_3",
        "update marts.customer_rfm set frequency_level = 4 where customer_id = 'c3'",
    ),
    (
        "marts.customer_rfm",
        "monetary_levels_run_from_1_to_3",
        "update marts.customer_rfm set monetary_level = 4 where customer_id = 'c3'",
    ),
    (
        "marts.customer_tiers",
        "exactly_the_vips_have_a_level",
        "update marts.customer_tiers set value_tier = 'senior' where customer_id = 'c3'",
    ),
    (
        "marts.customer_changes",
        "no_tier_change_reaches_a_fifth_of_all_customers",
        "insert into marts.customer_changes select customer_changes.* from marts.customer_changes cross join range(21)",
    ),
    ("marts.customer_value", "every_score_is_published", "delete from marts.customer_value where customer_id = 'c3'"),
    (
        "marts.customer_value",
        "no_predicted_value_is_negative",
        "update marts.customer_value set predicted_value = -1 where customer_id = 'c3'",
    ),
    (
        "marts.customer_value",
        "history_is_what_the_customer_table_says",
        "update marts.customer_value set historic_value = historic_value + 1 where customer_id = 'c3'",
    ),
    (
        "marts.customer_churn",
        "every_row_has_a_score",
        "insert into marts.customer_churn select * replace ('stranger' as customer_id) from "
        "marts.customer_churn where customer_id = 'c3'",
    ),
    ("marts.customer_churn", "every_score_is_published", "delete from marts.customer_churn where customer_id = 'c3'"),
    (
        "marts.customer_360",
        "net_sales_are_what_the_customer_table_says",
        "update marts.customer_360 set net_sales = net_sales + 1 where customer_id = 'c3'",
    ),
    (
        "marts.customer_next_order",
        "every_row_has_a_score",
        "insert into marts.customer_next_order select * replace ('stranger' as customer_id) from "
        "marts.customer_next_order where customer_id = 'c3'",
    ),
    (
        "marts.customer_next_order",
        "every_score_is_published",
        "delete from marts.customer_next_order where customer_id = 'c3'",
    ),
    (
        "marts.customer_next_categories",
        "every_row_is_a_guess",
        "delete from ml.customer_next_categories where customer_id = 'c3'",
    ),
    (
        "marts.customer_next_categories",
        "every_customer_with_a_guess_is_published",
        "delete from marts.customer_next_categories where customer_id = 'c3'",
    ),
    (
        "marts.product_affinities",
        "every_row_is_a_pair_that_was_found",
        "delete from ml.product_affinities where product_id = 'cup'",
    ),
    (
        "marts.product_affinities",
        "every_pair_that_was_found_is_published",
        "delete from marts.product_affinities where product_id = 'cup'",
    ),
]


@pytest.mark.parametrize(("table", "claim", "sabotage"), SABOTAGES, ids=[f"{row[0]}-{row[1]}" for row in SABOTAGES])
def test_one_planted_fault_breaks_exactly_the_claim_it_should(broken_after, table, claim, sabotage):
    broken = broken_after(sabotage, table)
    assert [finding.rule for finding in broken] == [claim]
    assert broken[0].where or claim.startswith("there_are"), "a broken claim says where"
    assert "secret" not in repr(broken).lower(), "a finding shows no personal value"


def test_no_claim_of_the_marts_suites_goes_without_a_planted_fault(claims_never_put_to_the_test):
    assert claims_never_put_to_the_test("marts", SABOTAGES) == set()


@pytest.mark.parametrize(
    ("orders", "difference", "is_told"), [(2, "0.01", False), (1, "0.02", False), (2, "0.02", True)]
)
def test_totals_that_differ_from_their_parts_are_told_with_their_share_when_more_than_one_in_a_hundred_does(
    broken_after, orders, difference, is_told
):
    """Of a hundred orders with lines; one cent is rounding, and an order without lines has no parts to compare."""
    broken = broken_after(
        f"""
        delete from raw.orders;
        delete from marts.fct_orders where order_id <> 'shop:o3';
        insert into marts.fct_orders select orders.* replace ('shop:more-' || i as order_id)
        from marts.fct_orders as orders cross join range(99) as numbers(i);
        update marts.fct_orders set items_amount = items_amount + {difference}
        where order_id in (select order_id from marts.fct_orders order by order_id limit {orders});
        insert into marts.fct_orders
        select orders.* replace ('shop:bare-' || i as order_id, 0 as line_count, 0 as items_amount)
        from marts.fct_orders as orders cross join range(9) as numbers(i) where order_id = 'shop:o3'
        """,
        "marts.fct_orders",
    )
    assert [finding.rule for finding in broken] == ["nearly_every_total_is_the_sum_of_its_parts"] * is_told
    if is_told:
        assert broken[0].severity == "warning"
        assert "2.0" in " ".join(broken[0].where)
