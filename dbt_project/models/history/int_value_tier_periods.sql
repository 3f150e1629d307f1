with net_sales_periods as (

    select * from {{ ref('int_net_sales_periods') }}

),

thresholds as (

    select * from {{ ref('tier_thresholds') }}

),

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

-- of the others a tier may end where thresholds do
tiers as (

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

),

tiers_and_before as (

    select
        *,
        lag(value_tier) over (
            partition by customer_id order by valid_from
        ) as tier_before

    from tiers

),

value_tier_periods as (

    select
        customer_id,
        value_tier as segment,
        valid_from

    from tiers_and_before
    where tier_before is null or value_tier <> tier_before

)

select * from value_tier_periods
