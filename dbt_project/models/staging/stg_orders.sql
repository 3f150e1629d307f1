with source as (

    select * from {{ source('raw', 'orders') }}

),

renamed as (

    select
        {{ order_columns() }}

    from source

)

select * from renamed
