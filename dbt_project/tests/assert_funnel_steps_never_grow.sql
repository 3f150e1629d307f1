{{ config(meta={'dagster': {'ref': {'name': 'funnel_daily'}}}) }}

-- A row is a day, device and channel in which more visits came to a step than to the
-- one before it.
with funnel as (

    select * from {{ ref('funnel_daily') }}

)

select
    date,
    device,
    channel
from funnel
where session_count < view_sessions
    or view_sessions < cart_sessions
    or cart_sessions < checkout_sessions
    or checkout_sessions < order_sessions
    or order_sessions < 0
