{{ config(meta={'dagster': {'ref': {'name': 'customer_segment_history'}}}) }}

-- A row is a segment that the history calls a customer's tonight and the customer's own
-- table does not, or the other way round.
with open_periods as (

    select * from {{ ref('customer_segment_history') }}
    where valid_to is null

),

tonights_segments as (

    select
        customer_id,
        'value_tier' as segment_type,
        value_tier as segment
    from {{ ref('customer_tiers') }}

    union all

    select
        customer_id,
        'activity' as segment_type,
        activity as segment
    from {{ ref('customer_activity') }}

    union all

    select
        customer_id,
        'lifecycle_stage' as segment_type,
        lifecycle_stage as segment
    from {{ ref('customer_lifecycle') }}

    union all

    select
        customer_id,
        'rfm_group' as segment_type,
        rfm_group as segment
    from {{ ref('customer_rfm') }}

)

select
    coalesce(open_periods.customer_id, tonights_segments.customer_id) as customer_id,
    coalesce(open_periods.segment_type, tonights_segments.segment_type)
        as segment_type,
    open_periods.segment as segment_of_the_history,
    tonights_segments.segment as segment_tonight

from open_periods
full join tonights_segments
    on open_periods.customer_id = tonights_segments.customer_id
    and open_periods.segment_type = tonights_segments.segment_type
where open_periods.segment is null
    or tonights_segments.segment is null
    or open_periods.segment <> tonights_segments.segment
