with source as (

    select * from {{ source('changed', 'orders') }}

),

renamed as (

    select
        {{ order_columns() }}

    from source

)

select * from renamed
