with accounts as (

    select * from {{ ref('int_accounts') }}

),

account_identifiers as (

    select * from {{ ref('int_account_identifiers') }}

),

overrides as (

    select * from {{ ref('int_identity_overrides') }}

),

-- an e-mail and a mobile are a person's
contacts as (

    select
        account_key,
        identifier_type,
        identifier_value as link

    from account_identifiers
    where identifier_status = 'linking' and identifier_type in ('email', 'phone')

),

-- a household's or an office's: who also bears the same name is the same person
shared_things as (

    select
        account_identifiers.account_key,
        account_identifiers.identifier_type,
        concat_ws('|', account_identifiers.identifier_value, accounts.name_mark) as link

    from account_identifiers
    inner join accounts on account_identifiers.account_key = accounts.account_key
    where account_identifiers.identifier_status = 'linking'
        and account_identifiers.identifier_type in ('landline', 'device')
        and accounts.name_mark is not null

),

counted_things as (

    select
        *,
        count(*) over (partition by identifier_type, link) as account_count

    from shared_things

),

kept_together as (

    select
        account_key,
        concat_ws('|', account_key, other_account_key) as link
    from overrides
    where decision = 'keep_together'

    union

    select
        other_account_key as account_key,
        concat_ws('|', account_key, other_account_key) as link
    from overrides
    where decision = 'keep_together'

),

identity_links as (

    select
        account_key,
        identifier_type,
        link
    from contacts

    union all

    select
        account_key,
        identifier_type,
        link
    from counted_things
    where account_count > 1

    union all

    select
        kept_together.account_key,
        'keep_together' as identifier_type,
        kept_together.link
    from kept_together
    inner join accounts on kept_together.account_key = accounts.account_key

)

select * from identity_links
