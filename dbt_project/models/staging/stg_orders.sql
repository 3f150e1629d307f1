with source as (

    select * from {{ source('raw', 'orders') }}

),

renamed as (

    select
        {{ order_columns() }}

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where ordered_at < {{ end_of_as_of() }}

)

select * from known
