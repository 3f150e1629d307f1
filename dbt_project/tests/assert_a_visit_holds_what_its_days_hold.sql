{{ config(meta={'dagster': {'ref': {'name': 'fct_sessions'}}}) }}

-- A row is a difference: days of visits are put together, and none is lost or doubled.
with visit_days as (

    select
        coalesce(sum(event_count), 0) as event_count,
        coalesce(sum(cart_count), 0) as cart_count

    from {{ ref('int_visit_days') }}

),

sessions as (

    select
        coalesce(sum(event_count), 0) as event_count,
        coalesce(sum(cart_count), 0) as cart_count

    from {{ ref('fct_sessions') }}

)

select
    visit_days.event_count as events_of_days,
    sessions.event_count as events_of_visits

from visit_days
cross join sessions
where visit_days.event_count <> sessions.event_count
    or visit_days.cart_count <> sessions.cart_count
