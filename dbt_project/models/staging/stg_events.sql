with source as (

    select * from {{ source('raw', 'events') }}

),

renamed as (

    select
        -- ids
        {{ global_id('event_id') }} as event_id,
        {{ global_id('account_id') }} as account_key,
        {{ global_id('session_id') }} as session_id,
        {{ global_id('product_id') }} as product_id,
        source_name,

        -- strings
        type as event_type,
        device,

        -- dates
        {{ business_date('occurred_at') }} as event_date,

        -- instants
        cast(occurred_at as timestamp) as occurred_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where event_date <= {{ as_of() }}

)

select * from known
