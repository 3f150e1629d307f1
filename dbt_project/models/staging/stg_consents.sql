with source as (

    select * from {{ source('raw', 'consents') }}

),

renamed as (

    select
        -- ids
        {{ global_id('consent_id') }} as consent_id,
        {{ global_id('account_id') }} as account_key,
        source_name,

        -- strings
        channel,
        source as consent_source,

        -- booleans
        is_granted,

        -- dates
        {{ business_date('changed_at') }} as changed_date,

        -- instants
        cast(changed_at as timestamp) as changed_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where changed_at < {{ end_of_as_of() }}

)

select * from known
