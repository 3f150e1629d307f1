with source as (

    select * from {{ source('raw', 'campaign_messages') }}

),

renamed as (

    select
        -- ids
        {{ global_id('message_event_id') }} as message_event_id,
        {{ global_id('message_id') }} as message_id,
        {{ global_id('campaign_id') }} as campaign_id,
        {{ global_id('account_id') }} as account_key,
        source_name,

        -- strings
        channel,
        audience,
        event as event_type,

        -- booleans
        coalesce(is_machine_open, false) as is_machine_open,

        -- instants
        cast(occurred_at as timestamp) as occurred_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where occurred_at < {{ end_of_as_of() }}

)

select * from known
