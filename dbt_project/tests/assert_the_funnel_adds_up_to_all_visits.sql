{{ config(meta={'dagster': {'ref': {'name': 'funnel_daily'}}}) }}

-- A row is a day on which the funnel has more or fewer visits, or visits with an order,
-- than there are.
with funnel as (

    select
        date,
        sum(session_count) as session_count,
        sum(order_sessions) as order_sessions

    from {{ ref('funnel_daily') }}
    group by date

),

sessions as (

    select
        session_date as date,
        count(*) as session_count,
        count(*) filter (where order_count > 0) as order_sessions

    from {{ ref('fct_sessions') }}
    group by session_date

)

select
    coalesce(funnel.date, sessions.date) as date,
    funnel.session_count,
    funnel.order_sessions,
    sessions.session_count as counted_sessions,
    sessions.order_sessions as counted_order_sessions

from funnel
full join sessions on funnel.date = sessions.date
where coalesce(funnel.session_count, 0) <> coalesce(sessions.session_count, 0)
    or coalesce(funnel.order_sessions, 0) <> coalesce(sessions.order_sessions, 0)
