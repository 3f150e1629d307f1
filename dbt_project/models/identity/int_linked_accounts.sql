with accounts as (

    select * from {{ ref('int_accounts') }}

),

identity_links as (

    select * from {{ ref('int_identity_links') }}

),

linked_keys as (

    select account_key from identity_links
    group by account_key

),

-- numbered at random, so that whole groups meet in few rounds (macros/connected.sql)
linked_accounts as (

    select
        accounts.account_key,
        cast(row_number() over (order by md5(accounts.account_key)) as bigint) as node,
        cast(
            row_number() over (
                order by
                    accounts.known_on,
                    accounts.first_seen_at nulls last,
                    accounts.account_key
            ) as bigint
        ) as seniority,
        accounts.name_mark,
        accounts.birth_date,
        accounts.phone_normalized as phone,
        accounts.email_normalized is not null
        and accounts.account_kind = 'registered' as has_email

    from accounts
    inner join linked_keys on accounts.account_key = linked_keys.account_key

)

select * from linked_accounts
