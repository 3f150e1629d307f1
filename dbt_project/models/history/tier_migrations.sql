with net_sales_periods as (

    select * from {{ ref('int_net_sales_periods') }}

),

thresholds as (

    select * from {{ ref('tier_thresholds') }}

),

months as (

    select * from {{ ref('int_history_months') }}

),

{{ value_tier_steps() }},

steps as (

    select
        customer_id,
        valid_from,
        value_tier as segment,
        net_sales_12m as amount

    from tier_steps
    where valid_from <= {{ as_of() }}

),

{{ segment_moves() }},

tier_migrations as (

    select
        month,
        from_segment as from_tier,
        to_segment as to_tier,
        customer_count,
        cast(amount as decimal(18, 2)) as net_sales

    from moves

)

select * from tier_migrations
