"""What makes predicted values believable: ranges, completeness, and their sum against the shop's real sales."""

from expectations.machinery.rules import all_found_in, all_taken_from, between, finite, is_finite, never

TODAY = "(select * from features.customer_features where is_today)"
SHOP_RANGE = 5  # a shop's next year between a fifth and five times its last one
CUSTOMER_RANGE = 10  # nobody is worth ten times what the best customer of the past year spent

RULES = [
    all_found_in("every_value_is_of_a_customer_of_today", TODAY),
    all_taken_from("every_customer_of_today_has_a_value", TODAY),
    between("no_predicted_value_is_negative", "predicted_value", 0),
    between("no_expected_order_count_is_negative", "expected_orders", 0),
    between("no_expected_order_value_is_negative", "expected_order_value", 0),
    finite(
        "every_prediction_is_finite",
        ["predicted_value", "expected_orders", "expected_order_value"],
        "customer_id",
    ),
    between("the_chance_of_being_alive_is_a_probability", "probability_alive", 0, 1),
    between("the_chance_of_no_purchase_is_a_probability", "probability_no_purchase", 0, 1),
    never(
        "no_prediction_falls_with_a_longer_horizon",
        """
        select customer_id, as_of_date, predicted_value_30d, predicted_value_90d, predicted_value from {batch}
        where predicted_value >= 0
            and (predicted_value_30d < 0 or predicted_value_30d > predicted_value_90d
                or predicted_value_90d > predicted_value)
        """,
    ),
    never(
        "every_interval_holds_its_value",
        " union all ".join(
            f"""
            select customer_id, as_of_date, {value}_low as low, {value}_high as high from {{batch}}
            where {value} >= 0 and {is_finite(value)}
                and ({value}_low < 0 or {value}_low > {value} or {value}_high < {value}
                    or not {is_finite(f"{value}_high")})
            """
            for value in ("predicted_value_30d", "predicted_value_90d", "predicted_value")
        ),
    ),
    never(  # a ratio over few customers or few days may be far off, and says that it is one
        "predicted_sales_are_of_the_shop_size",
        f"""
        with predicted as (
            select sum(predicted_value) as predicted_sales from {{batch}} where method <> 'plain_ratio'
        ),
        past as (select sum(net_sales_365d) as past_sales from features.customer_features where is_today)
        select predicted_sales, past_sales from predicted cross join past
        where past_sales > 0 and predicted_sales not between past_sales / {SHOP_RANGE} and past_sales * {SHOP_RANGE}
        """,
    ),
    never(
        "no_customer_is_worth_more_than_the_shop_has_seen",
        f"""
        with best as (select max(net_sales_365d) as best_past_year from features.customer_features where is_today)
        select customer_id, predicted_value, best_past_year from {{batch}} as scores cross join best
        where method <> 'plain_ratio' and best_past_year > 0 and {is_finite("predicted_value")}
            and predicted_value > {CUSTOMER_RANGE} * best_past_year
        """,
    ),
]
