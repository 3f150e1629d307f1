with source as (

    select * from {{ source('superseded', 'order_items') }}

),

renamed as (

    select
        {{ order_item_columns() }},

        -- the days on which it was so
        known_from,
        known_until

    from source

)

select * from renamed
