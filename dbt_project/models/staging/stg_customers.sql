with source as (

    select * from {{ source('raw', 'customers') }}

),

renamed as (

    select
        -- ids
        {{ global_id('account_id') }} as account_key,
        source_name,

        -- contacts
        email_normalized,
        phone_normalized,
        name,
        email,
        address,
        postal_code,

        -- strings
        gender,
        occupation,
        country,
        province,
        city,
        channel,

        -- dates
        birth_date,
        {{ business_date('registered_at') }} as registered_date,

        -- instants
        cast(registered_at as timestamp) as registered_at,
        cast(updated_at as timestamp) as updated_at

    from source

),

-- what happened after the day is cut off in staging, and nowhere else
known as (

    select * from renamed
    where registered_at is null or registered_at < {{ end_of_as_of() }}

)

select * from known
