{{ config(**kept('visitor_key, event_date', 'touched_visitor_days')) }}

with events as (

    select * from {{ ref('stg_events') }}
    {{ where_touched(
        'visitor_key, event_date', ref('touched_visitor_days'), since='occurred_at'
    ) }}

),

visit_days as (

    select * from {{ ref('int_visit_days') }}
    {{ where_touched('visitor_key, event_date', ref('touched_visitor_days')) }}

),

cart_events as (

    select
        event_id,
        visitor_key,
        event_date,
        account_key,
        anonymous_id,
        product_id,
        occurred_at,
        case event_type
            when 'add_to_cart' then 1
            when 'remove_from_cart' then -1
            else 0
        end as item_change

    from events
    where event_type in ('add_to_cart', 'remove_from_cart', 'checkout')
        and visitor_key is not null

),

-- what is put into the cart before the log-in is bought after it
visit_accounts as (

    select
        cart_events.event_id,
        min(visit_days.visit_day_id) as visit_day_id,
        max(visit_days.account_key) as account_key,
        min(visit_days.anonymous_id) as anonymous_id

    from cart_events
    inner join visit_days
        on cart_events.visitor_key = visit_days.visitor_key
        and cart_events.event_date = visit_days.event_date
        and cart_events.occurred_at >= visit_days.started_at
        and cart_events.occurred_at <= visit_days.ended_at
    where cart_events.account_key is null
    group by cart_events.event_id

),

cart_touches as (

    select
        cart_events.event_id,
        cart_events.visitor_key,
        cart_events.event_date,
        case
            when visit_accounts.account_key is null then visit_accounts.visit_day_id
        end as visit_day_id,
        cart_events.occurred_at,
        coalesce(cart_events.account_key, visit_accounts.account_key) as account_key,
        coalesce(cart_events.anonymous_id, visit_accounts.anonymous_id) as anonymous_id,
        cart_events.product_id,
        cast(cart_events.item_change as bigint) as item_change

    from cart_events
    left join visit_accounts on cart_events.event_id = visit_accounts.event_id

)

select * from cart_touches
