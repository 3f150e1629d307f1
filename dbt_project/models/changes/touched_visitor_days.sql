with changed_events as (

    select * from {{ ref('stg_changed_events') }}

),

touched_visitor_days as (

    select
        visitor_key,
        event_date,
        -- no business day begins so long before one of its events
        cast({{ days_before(2, 'min(occurred_at)') }} as timestamp) as occurred_at

    from changed_events
    where visitor_key is not null
    group by visitor_key, event_date

)

select * from touched_visitor_days
