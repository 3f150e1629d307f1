with source as (

    select * from {{ source('superseded', 'orders') }}

),

renamed as (

    select
        {{ order_columns() }},

        -- the days on which it was so; nothing is cut off here, or an order that was
        -- reported under a later date then would be taken as it is known today
        known_from,
        known_until

    from source

)

select * from renamed
