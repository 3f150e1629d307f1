"""Every promise of the feeds can be broken, and only by what it forbids."""

import pytest

SABOTAGES = [
    ("raw.customers", "there_are_customers", "delete from raw.customers"),
    (
        "raw.customers",
        "registrations_are_sensibly_dated",
        "update raw.customers set registered_at = '2999-12-31' where row_number = 3",
    ),
    (
        "raw.customers",
        "nearly_all_emails_can_be_read",
        "update raw.customers set email_normalized = null where row_number = 3",
    ),
    (
        "raw.customers",
        "nobody_is_born_after_registering",
        "update raw.customers set birth_date = '2024-07-01' where row_number = 3",
    ),
    (
        "raw.customers",
        "registrations_are_fresh",
        "update raw.customers set registered_at = registered_at - interval 9 day",
    ),
    (
        "raw.customers",
        "registrations_are_dated_within_the_shops_life",
        "update raw.customers set registered_at = '2000-01-01' where row_number in (3, 4, 5)",
    ),
    (
        "raw.customers",
        "no_date_of_registrations_lies_a_year_from_all_others",
        "update raw.customers set registered_at = '2022-01-01' where row_number = 3",
    ),
    ("raw.orders", "there_are_orders", "delete from raw.orders"),
    (
        "raw.orders",
        "orders_are_sensibly_dated",
        "update raw.orders set ordered_at = '1970-01-01' where row_number = 3",
    ),
    (
        "raw.orders",
        "at_least_half_of_the_orders_name_somebody",
        "update raw.orders set account_id = null where row_number < 14",
    ),
    (
        "raw.orders",
        "credit_notes_give_money_back",
        "update raw.orders set status = 'credit_note' where row_number = 3",
    ),
    ("raw.orders", "no_order_has_a_negative_total", "update raw.orders set total = -1 where row_number = 3"),
    (
        "raw.orders",
        "nearly_every_order_has_a_total_or_a_line",
        "update raw.orders set total = null where row_number < 3; delete from raw.order_items where row_number < 3",
    ),
    (
        "raw.orders",
        "orders_are_dated_within_the_shops_life",
        "update raw.orders set ordered_at = '2000-01-01' where row_number in (10, 11, 12)",
    ),
    (
        "raw.orders",
        "no_date_of_orders_lies_a_year_from_all_others",
        "update raw.orders set ordered_at = '1990-01-01' where row_number = 3",
    ),
    ("raw.orders", "orders_are_fresh", "update raw.orders set ordered_at = ordered_at - interval 9 day"),
    (
        "raw.orders",
        "the_last_week_brought_a_usual_number_of_orders",
        "insert into raw.orders select orders.* replace (order_id || '-' || i as order_id, timestamp "
        "'2024-06-01' as ordered_at) from raw.orders as orders, range(50) as copies(i)",
    ),
    (
        "raw.order_items",
        "nearly_every_item_has_a_product",
        "update raw.order_items set product_id = null where row_number < 4",
    ),
    (
        "raw.order_items",
        "nearly_every_price_is_not_negative",
        "update raw.order_items set unit_price = -1 where row_number = 3",
    ),
    (
        "raw.order_items",
        "nearly_every_item_belongs_to_an_order",
        "update raw.order_items set order_id = 'elsewhere' where row_number < 3",
    ),
    (
        "raw.order_items",
        "at_least_half_of_the_orders_have_items",
        "delete from raw.order_items where row_number < 14",
    ),
    ("raw.order_items", "most_orders_have_items", "delete from raw.order_items where row_number < 9"),
    (
        "raw.order_items",
        "no_item_is_refunded_more_often_than_it_was_bought",
        "update raw.order_items set refunded_quantity = 2 where row_number = 3",
    ),
    (
        "raw.products",
        "nearly_every_list_price_is_not_negative",
        "update raw.products set list_price = -1 where row_number = 1",
    ),
    ("raw.products", "most_products_have_a_name", "update raw.products set name = null where row_number = 1"),
    (
        "raw.events",
        "events_are_sensibly_dated",
        "update raw.events set occurred_at = '1970-01-01' where row_number = 3",
    ),
    (
        "raw.events",
        "nearly_every_event_has_a_visitor",
        "update raw.events set account_id = null, session_id = null where row_number = 3",
    ),
    (
        "raw.events",
        "events_are_dated_within_the_shops_life",
        "update raw.events set occurred_at = '2000-01-01' where row_number < 4",
    ),
    (
        "raw.events",
        "no_date_of_events_lies_a_year_from_all_others",
        "update raw.events set occurred_at = '2031-01-01' where row_number = 3",
    ),
    (
        "raw.tickets",
        "tickets_are_sensibly_dated",
        "update raw.tickets set opened_at = '1970-01-01' where row_number = 3",
    ),
    (
        "raw.tickets",
        "no_ticket_is_answered_before_it_was_opened",
        "update raw.tickets set first_response_at = opened_at - interval 1 second where row_number = 3",
    ),
    (
        "raw.tickets",
        "no_ticket_is_resolved_before_it_was_opened",
        "update raw.tickets set resolved_at = opened_at - interval 1 second where row_number = 3",
    ),
    (
        "raw.tickets",
        "satisfaction_with_a_ticket_is_1_to_5",
        "update raw.tickets set csat = 6 where row_number = 3",
    ),
    (
        "raw.feedback",
        "feedback_is_sensibly_dated",
        "update raw.feedback set submitted_at = '1970-01-01' where row_number = 3",
    ),
    (
        "raw.feedback",
        "no_feedback_is_answered_before_it_was_given",
        "update raw.feedback set answered_at = submitted_at - interval 1 second where row_number = 3",
    ),
    (
        "raw.feedback",
        "every_score_is_on_the_scale_of_its_kind",
        "update raw.feedback set kind = 'rating' where row_number = 2",
    ),
    (
        "raw.survey_preferences",
        "stated_preferences_are_sensibly_dated",
        "update raw.survey_preferences set asked_at = '1970-01-01' where row_number = 3",
    ),
    (
        "raw.campaign_messages",
        "messages_are_sensibly_dated",
        "update raw.campaign_messages set occurred_at = '1970-01-01' where row_number = 3",
    ),
    (
        "raw.consents",
        "consents_are_sensibly_dated",
        "update raw.consents set changed_at = '1970-01-01' where row_number = 3",
    ),
    ("raw.events", "events_are_fresh", "update raw.events set occurred_at = occurred_at - interval 9 day"),
]


@pytest.mark.parametrize(("table", "claim", "sabotage"), SABOTAGES, ids=[f"{row[0]}-{row[1]}" for row in SABOTAGES])
def test_one_planted_fault_breaks_exactly_the_claim_it_should(broken_after, table, claim, sabotage):
    broken = broken_after(sabotage, table)
    assert [finding.rule for finding in broken] == [claim]
    assert broken[0].where or claim.startswith("there_are"), "a broken claim says where"
    assert "secret" not in repr(broken).lower(), "a finding shows no personal value"


def test_no_claim_of_the_raw_suites_goes_without_a_planted_fault(claims_never_put_to_the_test):
    assert claims_never_put_to_the_test("raw", SABOTAGES) == set()
