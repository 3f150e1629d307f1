{{ config(meta={'dagster': {'ref': {'name': 'customer_segment_history'}}}) }}

-- A row is a period that breaks one of: the first begins on the customer's first day,
-- every other where the one before it ends, and in another segment; each ends after it
-- began; the last, and no other, has no end.
with customers as (

    select * from {{ ref('dim_customers') }}

),

periods as (

    select
        *,
        lag(valid_to) over (
            partition by customer_id, segment_type order by valid_from
        ) as end_before,
        lag(segment) over (
            partition by customer_id, segment_type order by valid_from
        ) as segment_before,
        lead(valid_from) over (
            partition by customer_id, segment_type order by valid_from
        ) as next_begin

    from {{ ref('customer_segment_history') }}

)

select
    periods.customer_id,
    periods.segment_type,
    periods.segment,
    periods.valid_from,
    periods.valid_to,
    periods.segment_before,
    periods.end_before,
    customers.customer_since

from periods
left join customers on periods.customer_id = customers.customer_id
where periods.valid_from
    <> case
        when periods.segment_before is null then customers.customer_since
        else coalesce(periods.end_before, date '9999-12-31')
    end
    or customers.customer_id is null
    or periods.segment = periods.segment_before
    or periods.valid_to <= periods.valid_from
    or (periods.valid_to is null) <> (periods.next_begin is null)
