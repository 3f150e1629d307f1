with accounts as (

    select * from {{ ref('int_accounts') }}

),

identifiers as (

    select
        account_key,
        'email' as identifier_type,
        email_normalized as identifier_value
    from accounts
    where email_normalized is not null

    union all

    select
        account_key,
        'phone' as identifier_type,
        phone_normalized as identifier_value
    from accounts
    where phone_normalized is not null

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
        counted_values.account_count,
        case
            when
                counted_values.account_count > {{ var('max_accounts_per_identifier') }}
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
