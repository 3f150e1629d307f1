with accounts as (

    select * from {{ ref('int_accounts') }}

),

account_identifiers as (

    select * from {{ ref('int_account_identifiers') }}

),

-- the data directory's own secret: without it nobody can turn an account number or an
-- e-mail address into its customer_id
customer_key as (

    select * from {{ source('raw', 'customer_key') }}

),

shared_identifiers as (

    select
        account_key,
        {{ digest("identifier_type || ':' || identifier_value") }} as identifier,
        {{ digest('account_key') }} as component

    from account_identifiers
    where identifier_status = 'linking'

),

{{ link_accounts('shared_identifiers', var('identity_rounds')) }},

components as (

    select
        account_key,
        min(component) as component

    from round_{{ var('identity_rounds') }}
    group by account_key

),

-- an account that nothing links is a person of its own, and none of these
linked_accounts as (

    select
        components.account_key,
        first_value(components.account_key) over (
            partition by components.component
            order by accounts.first_seen_at nulls last, components.account_key
        ) as earliest_account_key

    from components
    inner join accounts on components.account_key = accounts.account_key

),

evidence as (

    select
        account_key,
        bool_or(identifier_status in ('linking', 'single')) as is_identified,
        bool_or(identifier_type = 'email' and identifier_status = 'linking')
            as is_linked_by_email,
        bool_or(identifier_type = 'phone' and identifier_status = 'linking')
            as is_linked_by_phone

    from account_identifiers
    group by account_key

),

-- a guest whose only contact is over the limit is nobody in particular
persons as (

    select
        accounts.account_key,
        accounts.source_name,
        accounts.account_kind,
        accounts.first_seen_at,
        coalesce(linked_accounts.earliest_account_key, accounts.account_key)
            as earliest_account_key,
        case
            when evidence.is_linked_by_email and evidence.is_linked_by_phone
                then 'email_and_phone'
            when evidence.is_linked_by_email then 'email'
            when evidence.is_linked_by_phone then 'phone'
            else 'nothing'
        end as linked_by

    from accounts
    left join linked_accounts on accounts.account_key = linked_accounts.account_key
    left join evidence on accounts.account_key = evidence.account_key
    where accounts.account_kind <> 'guest' or evidence.is_identified

),

customer_accounts as (

    select
        persons.account_key,
        'c_' || left(
            md5(customer_key.customer_key || persons.earliest_account_key), 16
        ) as customer_id,
        persons.source_name,
        persons.account_kind,
        persons.linked_by,
        persons.first_seen_at,
        persons.account_key = persons.earliest_account_key as is_earliest

    from persons
    cross join customer_key

)

select * from customer_accounts
