with source as (

    select * from {{ source('raw', 'orders') }}

),

renamed as (

    select
        -- ids
        {{ global_id('order_id') }} as order_id,
        source_name,
        case
            when account_id is not null then {{ global_id('account_id') }}
            when coalesce(guest_email_normalized, guest_phone_normalized) is not null
                then source_name || ':guest:' || md5(
                        coalesce(guest_email_normalized, '')
                        || '|' || coalesce(guest_phone_normalized, '')
                    )
        end as account_key,

        -- contacts
        guest_email_normalized,
        guest_phone_normalized,

        -- strings
        status,
        currency,
        payment_method,
        device,
        coupon_code,

        -- money
        cast(total as decimal(18, 2)) as total_amount,
        cast(discount as decimal(18, 2)) as discount_amount,
        cast(shipping as decimal(18, 2)) as shipping_amount,
        cast(tax as decimal(18, 2)) as tax_amount,

        -- booleans
        account_id is null
        and coalesce(guest_email_normalized, guest_phone_normalized) is not null
            as is_guest,

        -- dates
        {{ business_date('ordered_at') }} as order_date,

        -- instants
        cast(ordered_at as timestamp) as ordered_at

    from source

)

select * from renamed
