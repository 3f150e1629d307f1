with source as (

    select * from {{ source('changed', 'campaign_messages') }}

),

renamed as (

    select
        {{ campaign_message_columns() }}

    from source

)

select * from renamed
