with customers as (

    select * from {{ ref('stg_customers') }}

),

orders as (

    select * from {{ ref('stg_orders') }}

),

arrivals as (

    select
        account_key,
        min(known_on) as known_on

    from {{ ref('stg_account_arrivals') }}
    where account_key is not null
    group by account_key

),

registrations as (

    select
        account_key,
        source_name,
        'registered' as account_kind,
        registered_at as seen_at,
        coalesce(updated_at, registered_at) as last_seen_at,
        email_normalized,
        phone_normalized,
        phone_is_landline,
        {{ name_mark(named('name')) }} as name_mark,
        birth_date

    from customers

),

buyers as (

    select
        account_key,
        source_name,
        case when is_guest then 'guest' else 'unregistered' end as account_kind,
        min(ordered_at) as seen_at,
        max(ordered_at) as last_seen_at,
        max(case when is_guest then guest_email_normalized end) as email_normalized,
        max(case when is_guest then guest_phone_normalized end) as phone_normalized,
        bool_or(is_guest and guest_phone_is_landline) as phone_is_landline,
        cast(null as string) as name_mark,
        cast(null as date) as birth_date

    from orders
    where account_key is not null
    group by account_key, source_name, is_guest

),

mentions as (

    select * from registrations
    union all
    select * from buyers

),

known_accounts as (

    select
        account_key,
        source_name,
        case
            when bool_or(account_kind = 'registered') then 'registered'
            else max(account_kind)
        end as account_kind,
        min(seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at,
        max(email_normalized) as email_normalized,
        max(phone_normalized) as phone_normalized,
        coalesce(bool_or(phone_is_landline), false) as phone_is_landline,
        max(name_mark) as name_mark,
        max(birth_date) as birth_date

    from mentions
    group by account_key, source_name

),

accounts as (

    select
        known_accounts.account_key,
        known_accounts.source_name,
        known_accounts.account_kind,
        known_accounts.first_seen_at,
        known_accounts.last_seen_at,
        coalesce(arrivals.known_on, {{ as_of() }}) as known_on,
        known_accounts.email_normalized,
        known_accounts.phone_normalized,
        known_accounts.phone_is_landline,
        known_accounts.name_mark,
        known_accounts.birth_date

    from known_accounts
    left join arrivals on known_accounts.account_key = arrivals.account_key

)

select * from accounts
