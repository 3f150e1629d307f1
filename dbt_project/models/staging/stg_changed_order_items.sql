with source as (

    select * from {{ source('changed', 'order_items') }}

),

renamed as (

    select
        {{ order_item_columns() }}

    from source

)

select * from renamed
