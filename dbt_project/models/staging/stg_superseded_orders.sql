with source as (

    select * from {{ source('superseded', 'orders') }}

),

renamed as (

    select
        {{ order_columns() }},

        -- the days on which it was so
        known_from,
        known_until

    from source

)

select * from renamed
