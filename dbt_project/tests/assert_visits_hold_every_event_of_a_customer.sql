{{ config(meta={'dagster': {'ref': {'name': 'fct_sessions'}}}) }}

-- A row is a customer whose visits hold more or fewer events with an account than the
-- customer's days.
with sessions as (

    select
        customer_id,
        sum(logged_in_event_count) as event_count

    from {{ ref('fct_sessions') }}
    where customer_id is not null
    group by customer_id

),

days as (

    select
        customer_id,
        sum(event_count) as event_count

    from {{ ref('fct_customer_days') }}
    group by customer_id

)

select
    coalesce(sessions.customer_id, days.customer_id) as customer_id,
    sessions.event_count,
    days.event_count as events_on_days

from sessions
full join days on sessions.customer_id = days.customer_id
where coalesce(sessions.event_count, 0) <> coalesce(days.event_count, 0)
