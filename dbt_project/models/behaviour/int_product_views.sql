{{ config(**kept('account_key, event_date', 'touched_account_days')) }}

with events as (

    select * from {{ ref('stg_events') }}
    {{ where_touched(
        'account_key, event_date', ref('touched_account_days'), since='occurred_at'
    ) }}

),

product_views as (

    select
        event_id,
        account_key,
        event_date,
        product_id,
        occurred_at as viewed_at

    from events
    where event_type = 'view' and account_key is not null and product_id is not null

)

select * from product_views
