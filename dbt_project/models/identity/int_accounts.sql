with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

registrations as (

    select
        account_key,
        source_name,
        'registered' as account_kind,
        registered_at as seen_at,
        email_normalized,
        phone_normalized

    from customers

),

buyers as (

    select
        account_key,
        source_name,
        case when is_guest then 'guest' else 'unregistered' end as account_kind,
        min(ordered_at) as seen_at,
        max(case when is_guest then guest_email_normalized end) as email_normalized,
        max(case when is_guest then guest_phone_normalized end) as phone_normalized

    from orders
    where account_key is not null
    group by account_key, source_name, is_guest

),

mentions as (

    select * from registrations
    union all
    select * from buyers

),

accounts as (

    select
        account_key,
        source_name,
        case
            when bool_or(account_kind = 'registered') then 'registered'
            else max(account_kind)
        end as account_kind,
        min(seen_at) as first_seen_at,
        max(email_normalized) as email_normalized,
        max(phone_normalized) as phone_normalized

    from mentions
    group by account_key, source_name

)

select * from accounts
