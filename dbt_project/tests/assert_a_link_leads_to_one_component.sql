{{ config(meta={'dagster': {'ref': {'name': 'int_customer_accounts'}}}) }}

-- A row is a link whose holders are of two components although nobody was told apart
-- yet: too few rounds of linking (setting identity.rounds).
with identity_links as (

    select * from {{ ref('int_identity_links') }}

),

linked_accounts as (

    select * from {{ ref('int_linked_accounts') }}

),

groups as (

    {% for identifier_type in identity_types() %}
    select
        '{{ identifier_type }}' as identifier_type,
        node,
        group_component
    from {{ ref('int_joined_by_' ~ identifier_type) }}
    {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    identity_links.identifier_type,
    min(groups.group_component) as one_component,
    max(groups.group_component) as another_component

from identity_links
inner join linked_accounts
    on identity_links.account_key = linked_accounts.account_key
inner join groups
    on linked_accounts.node = groups.node
    and identity_links.identifier_type = groups.identifier_type
group by identity_links.identifier_type, identity_links.link
having min(groups.group_component) <> max(groups.group_component)
