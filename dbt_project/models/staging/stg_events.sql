with source as (

    select * from {{ source('raw', 'events') }}

),

renamed as (

    select
        {{ event_columns() }}

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where event_date <= {{ as_of() }}

)

select * from known
