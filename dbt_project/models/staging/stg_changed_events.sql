with source as (

    select * from {{ source('changed', 'events') }}

),

renamed as (

    select
        {{ event_columns() }}

    from source

)

select * from renamed
