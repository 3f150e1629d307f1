with source as (

    select * from {{ source('raw', 'campaign_messages') }}

),

renamed as (

    select
        {{ campaign_message_columns() }}

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where occurred_at < {{ end_of_as_of() }}

)

select * from known
