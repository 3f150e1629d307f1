with changed_events as (

    select * from {{ ref('stg_changed_events') }}

),

touched_account_days as (

    select
        account_key,
        event_date

    from changed_events
    where account_key is not null
    group by account_key, event_date

)

select * from touched_account_days
