with source as (

    select * from {{ source('raw', 'tickets') }}

),

renamed as (

    select
        -- ids
        {{ global_id('ticket_id') }} as ticket_id,
        {{ global_id('account_id') }} as account_key,
        {{ global_id('order_id') }} as order_id,
        source_name,

        -- strings
        channel,
        level,
        topic,

        -- numerics
        case
            when resolved_at is null or resolved_at < {{ end_of_as_of() }} then csat
        end as csat,

        -- booleans
        is_complaint,

        -- dates
        {{ business_date('opened_at') }} as opened_date,

        -- instants
        cast(opened_at as timestamp) as opened_at,
        cast({{ if_known('first_response_at') }} as timestamp) as first_response_at,
        cast({{ if_known('resolved_at') }} as timestamp) as resolved_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where opened_at < {{ end_of_as_of() }}

)

select * from known
