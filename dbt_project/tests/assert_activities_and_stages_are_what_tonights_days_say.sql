{{ config(meta={'dagster': {'ref': {'name': 'customer_activity'}}}) }}

-- A row is a customer whose activity or stage of life, which are the ends of a history,
-- is another than the days that are counted tonight make it.
with activities as (

    select * from {{ ref('customer_activity') }}

),

lifecycles as (

    select * from {{ ref('customer_lifecycle') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

counted as (

    select
        customers.customer_id,
        activities.activity,
        lifecycles.lifecycle_stage,
        case
            when activities.login_count_30d > {{ var('high_frequency_logins') }}
                then 'high_frequency'
            when
                activities.days_since_last_interaction < {{ var('interaction_days') }}
                and lifecycles.days_since_last_order
                < {{ var('active_purchase_days') }}
                then 'active'
            when activities.days_since_last_interaction < {{ var('interaction_days') }}
                then 'potential'
            when activities.days_since_last_login < {{ var('dormant_days') }}
                then 'silent'
            else 'dormant'
        end as counted_activity,
        case
            when customers.first_order_date is null then 'prospect'
            when lifecycles.days_since_last_order > lifecycles.lost_after_days
                then 'lost'
            when lifecycles.days_overdue > 0 then 'declining'
            when
                lifecycles.purchase_day_count >= {{ var('lifecycle_mature_orders') }}
                and {{ days_between('customers.first_order_date', as_of()) }}
                >= {{ var('lifecycle_mature_days') }}
                then 'mature'
            when lifecycles.purchase_day_count > 1 then 'growing'
            else 'new'
        end as counted_stage

    from customers
    left join activities on customers.customer_id = activities.customer_id
    left join lifecycles on customers.customer_id = lifecycles.customer_id

)

select * from counted
where activity is null
    or lifecycle_stage is null
    or activity <> counted_activity
    or lifecycle_stage <> counted_stage
