{{ config(meta={'dagster': {'ref': {'name': 'time_to_second_order'}}}) }}

-- A row is a month of first orders of which the share that came back within 30 or 90
-- days is not what the cohort's first period of so many days says.
with second_orders as (

    select * from {{ ref('time_to_second_order') }}

),

first_periods as (

    select * from {{ ref('cohort_retention') }}
    where cohort_type = 'first_order'
        and period_type <> 'month'
        and period_number = 1

)

select
    second_orders.cohort_month,
    first_periods.period_type,
    first_periods.retention_rate,
    second_orders.share_within_30_days,
    second_orders.share_within_90_days

from second_orders
inner join first_periods
    on second_orders.cohort_month = first_periods.cohort_month
where first_periods.retention_rate
    is distinct from case first_periods.period_type
        when '30d' then second_orders.share_within_30_days
        when '90d' then second_orders.share_within_90_days
    end
