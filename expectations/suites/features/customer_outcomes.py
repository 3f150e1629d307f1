"""What makes the outcomes fit to learn from. A young shop has none: all rules hold on an empty table."""

from expectations.machinery.rules import never

ROW = "customer_id, as_of_date"

RULES = [
    never(
        "every_window_is_over",
        """
        select outcomes.customer_id, outcomes.as_of_date from {batch} as outcomes cross join ops.night as night
        where outcomes.as_of_date is null
            or outcomes.as_of_date + outcomes.horizon_days * interval 1 day > night.as_of_date
        """,
    ),
    never(
        "every_outcome_has_its_features",
        f"select {ROW} from {{batch}} as outcomes anti join features.customer_features as features using ({ROW})"
        " where outcomes.customer_id is not null",
    ),
    never(
        "churned_means_no_purchase_in_the_window",
        f"select {ROW} from {{batch}} where is_churned is distinct from (future_order_count = 0)",
    ),
    never(
        "nobody_buys_on_more_days_than_orders",
        f"select {ROW} from {{batch}} where future_order_days not between 0 and future_order_count",
    ),
]
