with accounts as (

    select * from {{ ref('int_accounts') }}

),

account_identifiers as (

    select * from {{ ref('int_account_identifiers') }}

),

identity_links as (

    select * from {{ ref('int_identity_links') }}

),

linked_accounts as (

    select * from {{ ref('int_linked_accounts') }}

),

components as (

    select * from {{ ref('int_joined_by_device') }}

),

-- the data directory's own secret: without it nobody can turn an account number or an
-- e-mail address into its customer_id
customer_key as (

    select * from {{ source('raw', 'customer_key') }}

),

-- who was reported first gives the customer its name, and keeps it whoever joins later
joined_accounts as (

    select
        linked_accounts.account_key,
        components.component,
        first_value(linked_accounts.account_key) over (
            partition by components.component
            order by linked_accounts.seniority
        ) as earliest_account_key

    from linked_accounts
    inner join components on linked_accounts.node = components.node

),

shared_links as (

    select
        identity_links.account_key,
        identity_links.identifier_type,
        identity_links.link,
        count(*) over (
            partition by
                identity_links.identifier_type,
                identity_links.link,
                joined_accounts.component
        ) as account_count

    from identity_links
    inner join joined_accounts
        on identity_links.account_key = joined_accounts.account_key

),

-- the strongest of what an account shares with another of its customer
evidence as (

    select
        account_key,
        min_by(identifier_type, {{ link_strength('identifier_type') }} || link)
            as linked_by,
        min_by(link, {{ link_strength('identifier_type') }} || link) as link

    from shared_links
    where account_count > 1
    group by account_key

),

identified_accounts as (

    select account_key from account_identifiers
    where identifier_status in ('linking', 'single')
    group by account_key

),

-- a guest whose only contact is over the limit is nobody in particular
persons as (

    select
        accounts.account_key,
        accounts.source_name,
        accounts.account_kind,
        accounts.known_on,
        accounts.first_seen_at,
        coalesce(joined_accounts.earliest_account_key, accounts.account_key)
            as earliest_account_key,
        coalesce(evidence.linked_by, 'nothing') as linked_by,
        evidence.link

    from accounts
    left join joined_accounts on accounts.account_key = joined_accounts.account_key
    left join evidence on accounts.account_key = evidence.account_key
    left join identified_accounts
        on accounts.account_key = identified_accounts.account_key
    where accounts.account_kind <> 'guest'
        or identified_accounts.account_key is not null

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
        case
            when persons.link is not null
                then 'i_' || left(md5(customer_key.customer_key || persons.link), 16)
        end as linked_by_identifier,
        'c_' || left(md5(customer_key.customer_key || persons.account_key), 16)
            as own_customer_id,
        persons.known_on,
        persons.first_seen_at,
        persons.account_key = persons.earliest_account_key as is_earliest

    from persons
    cross join customer_key

)

select * from customer_accounts
