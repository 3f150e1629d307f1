with source as (

    select * from {{ source('raw', 'survey_preferences') }}

),

renamed as (

    select
        -- ids
        {{ global_id('survey_response_id') }} as survey_response_id,
        {{ global_id('account_id') }} as account_key,
        source_name,

        -- strings
        attribute,
        value as stated_value,

        -- dates
        {{ business_date('asked_at') }} as asked_date,

        -- instants
        cast(asked_at as timestamp) as asked_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where asked_at < {{ end_of_as_of() }}

)

select * from known
