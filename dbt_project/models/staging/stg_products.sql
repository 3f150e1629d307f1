with source as (

    select * from {{ source('raw', 'products') }}

),

renamed as (

    select
        -- ids
        {{ global_id('product_id') }} as product_id,
        source_name,

        -- strings
        name,
        {{ named('category') }} as category,
        {{ named('subcategory') }} as subcategory,
        {{ named('brand') }} as brand,

        -- money
        cast(list_price as decimal(18, 4)) as list_price

    from source

)

select * from renamed
