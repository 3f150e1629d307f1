with value_tier_periods as (

    select * from {{ ref('int_value_tier_periods') }}

),

activity_periods as (

    select * from {{ ref('int_activity_periods') }}

),

lifecycle_periods as (

    select * from {{ ref('int_lifecycle_periods') }}

),

rfm_periods as (

    select * from {{ ref('int_rfm_periods') }}

),

planned_periods as (

    select
        customer_id,
        'value_tier' as segment_type,
        segment,
        valid_from
    from value_tier_periods

    union all

    select
        customer_id,
        'activity' as segment_type,
        segment,
        valid_from
    from activity_periods

    union all

    select
        customer_id,
        'lifecycle_stage' as segment_type,
        segment,
        valid_from
    from lifecycle_periods

    union all

    select
        customer_id,
        'rfm_group' as segment_type,
        segment,
        valid_from
    from rfm_periods

),

-- what would follow if nothing more happened is no history
past_periods as (

    select * from planned_periods
    where valid_from <= {{ as_of() }}

),

segment_history as (

    select
        customer_id,
        segment_type,
        segment,
        valid_from,
        lead(valid_from) over (
            partition by customer_id, segment_type order by valid_from
        ) as valid_to

    from past_periods

)

select * from segment_history
