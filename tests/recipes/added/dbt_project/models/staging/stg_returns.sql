with source as (

    select * from {{ source('raw', 'returns') }}

),

renamed as (

    select
        {{ global_id('return_id') }} as return_id,
        {{ global_id('order_id') }} as order_id,
        {{ business_date('returned_at') }} as return_date

    from source

),

known as (

    select * from renamed
    where return_date <= {{ as_of() }}

)

select * from known
