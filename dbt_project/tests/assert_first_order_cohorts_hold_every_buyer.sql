{{ config(meta={'dagster': {'ref': {'name': 'cohort_retention'}}}) }}

-- A row is a difference: the cohorts of first orders must add up to the customers with
-- a purchase, and so must those in time_to_second_order.
with buyers as (

    select count(*) filter (where order_count > 0) as customer_count
    from {{ ref('dim_customers') }}

),

cohorts as (

    select coalesce(sum(cohort_size), 0) as customer_count
    from {{ ref('cohort_retention') }}
    where cohort_type = 'first_order'
        and period_type = 'month'
        and period_number = 0

),

first_orders as (

    select coalesce(sum(cohort_size), 0) as customer_count
    from {{ ref('time_to_second_order') }}

)

select
    buyers.customer_count as buyer_count,
    cohorts.customer_count as cohort_count,
    first_orders.customer_count as first_order_count

from buyers
cross join cohorts
cross join first_orders
where buyers.customer_count <> cohorts.customer_count
    or buyers.customer_count <> first_orders.customer_count
