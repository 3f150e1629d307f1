with net_sales_periods as (

    select * from {{ ref('int_net_sales_periods') }}

),

thresholds as (

    select * from {{ ref('tier_thresholds') }}

),

{{ value_tier_steps() }},

tiers_and_before as (

    select
        *,
        lag(value_tier) over (
            partition by customer_id order by valid_from
        ) as tier_before

    from tier_steps

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
