with source as (

    select * from {{ source('raw', 'order_items') }}

),

renamed as (

    select
        -- ids
        {{ global_id('order_item_id') }} as order_item_id,
        {{ global_id('order_id') }} as order_id,
        {{ global_id('product_id') }} as product_id,
        source_name,

        -- numerics
        cast(quantity as bigint) as quantity,
        cast(refunded_quantity as bigint) as refunded_quantity,

        -- money
        cast(unit_price as decimal(18, 4)) as unit_price,
        cast(discount as decimal(18, 2)) as discount_amount

    from source

)

select * from renamed
