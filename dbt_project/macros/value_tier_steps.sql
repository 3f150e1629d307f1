{# `tier_steps` from `net_sales_periods` and `thresholds`: the value tier from each day on
   which the net sales of twelve months are another sum, or their thresholds are others and
   the tier may be. Two steps of a customer may be of one tier. #}
{% macro value_tier_steps() -%}
    -- the higher the thresholds, the lower the tier: a sum has one tier by all thresholds
    -- when it has it by the lowest and by the highest
    bounded_periods as (

        select
            *,
            {{ value_tier(
                "net_sales_12m",
                "(select min(senior_from) from thresholds)",
                "(select min(vip_above) from thresholds)",
            ) }} as highest_tier,
            {{ value_tier(
                "net_sales_12m",
                "(select max(senior_from) from thresholds)",
                "(select max(vip_above) from thresholds)",
            ) }} as lowest_tier

        from net_sales_periods

    ),

    tier_steps as (

        select
            customer_id,
            valid_from,
            lowest_tier as value_tier,
            net_sales_12m

        from bounded_periods
        where highest_tier = lowest_tier

        union all

        select
            bounded_periods.customer_id,
            greatest(bounded_periods.valid_from, thresholds.valid_from) as valid_from,
            {{ value_tier(
                "bounded_periods.net_sales_12m",
                "thresholds.senior_from",
                "thresholds.vip_above",
            ) }} as value_tier,
            bounded_periods.net_sales_12m

        from bounded_periods
        inner join thresholds
            on thresholds.valid_from
            < coalesce(bounded_periods.valid_to, date '9999-12-31')
            and bounded_periods.valid_from
            < coalesce(thresholds.valid_to, date '9999-12-31')
        where bounded_periods.highest_tier <> bounded_periods.lowest_tier

    )
{%- endmacro %}
