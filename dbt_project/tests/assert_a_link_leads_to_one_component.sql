{{ config(meta={'dagster': {'ref': {'name': 'int_customer_accounts'}}}) }}

-- A row is a link whose holders are of two components although nobody was told apart
-- yet: too few rounds of linking (setting identity.rounds).
with identity_links as (

    select * from {{ ref('int_identity_links') }}

),

linked_accounts as (

    select * from {{ ref('int_linked_accounts') }}

),

-- the component that each account was of before the links of a type were looked at
earlier as (

    {% for identifier_type in identity_types() %}
    {% set before = 'int_joined_by_' ~ loop.previtem if loop.previtem %}
    select
        '{{ identifier_type }}' as identifier_type,
        node,
        {{ 'component' if before else 'node' }} as component
    from {{ ref(before or 'int_linked_accounts') }}
    {{ "union all" if not loop.last }}
    {% endfor %}

),

grouped_components as (

    {% for identifier_type in identity_types() %}
    select
        '{{ identifier_type }}' as identifier_type,
        component,
        group_component
    from {{ ref('int_grouped_by_' ~ identifier_type) }}
    {{ "union all" if not loop.last }}
    {% endfor %}

),

groups as (

    select
        earlier.identifier_type,
        earlier.node,
        coalesce(grouped_components.group_component, earlier.component)
            as group_component

    from earlier
    left join grouped_components
        on earlier.identifier_type = grouped_components.identifier_type
        and earlier.component = grouped_components.component

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
