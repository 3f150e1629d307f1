{{ config(meta={'dagster': {'ref': {'name': 'customer_rfm'}}}) }}

-- A row is a customer whose RFM group of tonight is not that of the last period, or
-- whose move of tonight is not told as the group at the last thresholds tells it.
with customers as (

    select * from {{ ref('customer_rfm') }}

),

periods as (

    select * from {{ ref('int_rfm_periods') }}

),

moves as (

    select * from {{ ref('int_rfm_moves') }}
    where moved_date = {{ as_of() }}

)

select
    customers.customer_id,
    customers.rfm_group,
    customers.rfm_group_since,
    customers.rfm_group_at_last_thresholds,
    periods.segment,
    moves.from_group

from customers
left join periods
    on customers.customer_id = periods.customer_id
    and customers.rfm_group_since = periods.valid_from
left join moves on customers.customer_id = moves.customer_id
where periods.segment is distinct from customers.rfm_group
    or moves.is_threshold_drift
    is distinct from case
        when moves.from_group is not null
            then moves.from_group = customers.rfm_group_at_last_thresholds
    end
