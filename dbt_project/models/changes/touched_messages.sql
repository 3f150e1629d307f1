with changed_events as (

    select * from {{ ref('stg_changed_campaign_messages') }}

),

touched_messages as (

    select message_id

    from changed_events
    group by message_id

)

select * from touched_messages
