"""What the shop promises about its orders feed. Rules only: who runs them and when is not this file's business."""

from expectations.machinery.rules import PLACE, dated_within_the_shops_life, fresh, never, sensibly_dated, some_rows

RULES = [
    some_rows("there_are_orders"),
    sensibly_dated("orders_are_sensibly_dated", "ordered_at"),
    never(
        "at_least_half_of_the_orders_name_somebody",
        """
        select
            count(*) as orders,
            count(coalesce(account_id, guest_email_normalized, guest_phone_normalized)) as with_somebody
        from {batch}
        having count(coalesce(account_id, guest_email_normalized, guest_phone_normalized)) < 0.5 * count(*)
        """,
    ),
    never(
        "nearly_every_order_has_a_total_or_a_line",  # the money of the others would be 0
        """
        select count(*) as orders, count(*) filter (where total is null and items.order_id is null) as without_money
        from {batch} as orders
        left join (select distinct source_name, order_id from raw.order_items) as items using (source_name, order_id)
        having count(*) filter (where total is null and items.order_id is null) > 0.05 * count(*)
        """,
    ),
    never(
        "credit_notes_give_money_back",
        f"select {PLACE}, total from {{batch}} where status = 'credit_note' and total > 0",
    ),
    never(
        "no_order_has_a_negative_total",
        f"select {PLACE}, total from {{batch}} where status <> 'credit_note' and total < 0",
        severity="warning",
    ),
    *dated_within_the_shops_life("orders", "ordered_at"),
    fresh("orders_are_fresh", "ordered_at"),
    never(
        "the_last_week_brought_a_usual_number_of_orders",
        """
        with weeks as (
            select
                count(*) filter (where ordered_at >= night.as_of_date - interval 6 day) as last_week,
                count(*) filter (where ordered_at < night.as_of_date - interval 6 day) / 8.0 as usual_week
            from {batch} as landed cross join ops.night as night
            where ordered_at >= night.as_of_date - interval 62 day and ordered_at < night.as_of_date + interval 1 day
        )
        select last_week, usual_week from weeks
        where usual_week >= 50 and (last_week < usual_week / 5 or last_week > usual_week * 5)
        """,
        severity="warning",
    ),
]
