with accounts as (

    select * from {{ ref('int_accounts') }}

),

account_devices as (

    select * from {{ ref('int_account_devices') }}

),

identifiers as (

    select
        account_key,
        'email' as identifier_type,
        email_normalized as identifier_value,
        first_seen_at,
        last_seen_at
    from accounts
    where email_normalized is not null

    union all

    select
        account_key,
        case when phone_is_landline then 'landline' else 'phone' end as identifier_type,
        phone_normalized as identifier_value,
        first_seen_at,
        last_seen_at
    from accounts
    where phone_normalized is not null

    union all

    select
        accounts.account_key,
        'device' as identifier_type,
        account_devices.anonymous_id as identifier_value,
        account_devices.first_seen_at,
        account_devices.last_seen_at
    from account_devices
    inner join accounts on account_devices.account_key = accounts.account_key

),

counted_values as (

    select
        identifier_type,
        identifier_value,
        count(*) as account_count

    from identifiers
    group by identifier_type, identifier_value

),

account_identifiers as (

    select
        identifiers.account_key,
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.first_seen_at,
        identifiers.last_seen_at,
        counted_values.account_count,
        case
            when
                counted_values.account_count
                > {{ most_accounts('identifiers.identifier_type') }}
                then 'over_limit'
            when counted_values.account_count > 1 then 'linking'
            else 'single'
        end as identifier_status

    from identifiers
    inner join counted_values
        on identifiers.identifier_type = counted_values.identifier_type
        and identifiers.identifier_value = counted_values.identifier_value

)

select * from account_identifiers
