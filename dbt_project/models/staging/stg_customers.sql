with source as (

    select * from {{ source('raw', 'customers') }}

),

renamed as (

    select
        -- ids
        {{ global_id('account_id') }} as account_key,
        source_name,

        -- contacts
        name,
        email_normalized,
        phone_normalized,
        email,
        phone_is_landline,
        address,
        postal_code,

        -- booleans
        email_normalized is null and {{ is_masked('email') }} as email_is_masked,
        phone_normalized is null and {{ is_masked('phone') }} as phone_is_masked,

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
