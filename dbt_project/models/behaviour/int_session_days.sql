{{ config(**kept('account_key, event_date', 'touched_account_days')) }}

with events as (

    select * from {{ ref('stg_events') }}
    {{ where_touched(
        'account_key, event_date', ref('touched_account_days'), since='occurred_at'
    ) }}

),

session_days as (

    select
        account_key,
        event_date,
        session_id,
        count(*) filter (where event_type = 'view') as view_count,
        count(*) filter (where event_type = 'search') as search_count,
        count(*) filter (where event_type = 'add_to_cart') as cart_count,
        count(*) filter (where event_type = 'checkout') as checkout_count,
        count(*) filter (where event_type = 'login') as login_count,
        count(*) as event_count

    from events
    where account_key is not null
    group by account_key, event_date, session_id

)

select * from session_days
