"""What makes the features believable, before a model learns from them. Rules only; formulas are dbt's to test."""

from itertools import pairwise

from expectations.machinery.rules import finite, never

ROW = "customer_id, as_of_date"
ORDER_COUNTS = ["order_count_30d", "order_count_90d", "order_count_180d", "order_count_365d", "order_count"]
OTHER_COUNTS = """
    frequency, recency_days, age_days, days_since_last_order, active_days_90d, event_count_30d, event_count_90d,
    view_count_30d, view_count_90d, cart_count_30d, cart_count_90d, login_count_30d, session_count_30d,
    days_since_last_event, order_count_same_season, decayed_order_count, last_gap_days, longest_gap_days,
    gap_deviation_days, ticket_count_365d, complaint_count_365d, open_complaint_count, days_since_last_complaint,
    feedback_count_365d, message_count_90d, opened_message_count_90d, clicked_message_count_90d, unsubscribe_count,
    days_until_618, days_until_double_11, days_until_year_end
"""
MEASURES = [
    "monetary_value",
    "net_sales_30d",
    "net_sales_90d",
    "net_sales_180d",
    "net_sales_365d",
    "net_sales",
    "average_order_value",
    "days_between_orders",
    "overdue_ratio",
    "refund_share",
    "discount_share",
    "decayed_order_count",
    "decayed_net_sales",
    "gap_deviation_days",
    "net_sales_12m_change_90d",
    "average_score_365d",
]
MOST_PURCHASES_A_DAY = 50  # more, on the average of a month, is a shop-owned identity that swallowed strangers

RULES = [
    never(
        "today_is_the_night_and_other_dates_lie_before_it",
        f"""
        select {ROW.replace("as_of_date", "rows_of.as_of_date")}
        from {{batch}} as rows_of cross join ops.night as night
        where rows_of.as_of_date is null or rows_of.as_of_date > night.as_of_date
            or rows_of.is_today is distinct from (rows_of.as_of_date = night.as_of_date)
        """,
    ),
    never(
        "there_are_features_of_today",
        "select count(*) as rows_of_today from {batch} where is_today having count(*) = 0",
    ),
    never(
        "every_customer_with_a_purchase_has_features_today",
        """
        with buyers as (select distinct customer_id from marts.fct_orders where is_purchase and customer_id <> ''),
        today as (select customer_id from {batch} as rows_of where is_today)
        select customer_id from buyers anti join today using (customer_id)
        where exists (select 1 from today)
        """,
    ),
    never(
        "no_count_is_negative",
        f"select {ROW} from {{batch}} where least({', '.join(ORDER_COUNTS)}, {OTHER_COUNTS}) < 0",
    ),
    never(
        "longer_windows_hold_at_least_as_many_orders",
        f"select {ROW} from {{batch}} where not ({' and '.join(map(' <= '.join, pairwise(ORDER_COUNTS)))})",
    ),
    never("no_last_order_comes_after_today", f"select {ROW} from {{batch}} where recency_days > age_days"),
    never("nobody_repeats_more_often_than_there_were_days", f"select {ROW} from {{batch}} where frequency > age_days"),
    never(
        "who_never_repeated_has_no_recency",
        f"select {ROW} from {{batch}} where (frequency = 0) is distinct from (recency_days = 0)",
    ),
    never(
        "no_gap_is_longer_than_the_longest",
        f"select {ROW} from {{batch}} where last_gap_days > longest_gap_days or longest_gap_days > recency_days",
    ),
    never("no_complaint_is_no_ticket", f"select {ROW} from {{batch}} where complaint_count_365d > ticket_count_365d"),
    never("no_score_is_beyond_its_scale", f"select {ROW} from {{batch}} where average_score_365d not between 0 and 1"),
    never(
        "the_next_of_a_day_comes_within_a_year",
        f"select {ROW} from {{batch}} where greatest(days_until_618, days_until_double_11, days_until_year_end) > 365",
    ),
    never("repeat_purchases_are_worth_something", f"select {ROW} from {{batch}} where monetary_value <= 0"),
    finite("every_measure_is_finite", MEASURES, ROW),
    never(
        "no_customer_is_many_people",
        f"select {ROW} from {{batch}} where is_today and order_count_30d > 30 * {MOST_PURCHASES_A_DAY}",
    ),
    never(
        "shares_are_between_none_and_all",
        f"select {ROW} from {{batch}} where refund_share not between 0 and 1 or discount_share not between 0 and 1",
        severity="warning",
    ),
]
