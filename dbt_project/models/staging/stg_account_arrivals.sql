with source as (

    select * from {{ source('raw', 'account_arrivals') }}

),

renamed as (

    select
        -- ids
        {{ account_key_of_order() }} as account_key,

        -- dates
        known_on

    from source

)

select * from renamed
