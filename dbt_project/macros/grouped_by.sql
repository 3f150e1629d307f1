{# The groups that come about when the links of one type count beside the stronger ones, of `earlier` (node, component):
   one row per component that such a link leads to another, with whose it is by name and birthday. `earlier` is a table. #}
{% macro grouped_by(identifier_type, earlier) -%}
{%- set rounds = var('identity_rounds') | int -%}
with accounts as (

    select * from {{ ref('int_linked_accounts') }}

),

earlier as (

    select * from {{ earlier }}

),

identity_links as (

    select * from {{ ref('int_identity_links') }}

),

holders as (

    select
        {{ digest('identity_links.link') }} as identifier,
        earlier.component

    from identity_links
    inner join accounts on identity_links.account_key = accounts.account_key
    inner join earlier on accounts.node = earlier.node
    where identity_links.identifier_type = '{{ identifier_type }}'
    group by identity_links.link, earlier.component

),

measured_holders as (

    select
        identifier,
        component,
        min(component) over (partition by identifier) as first_component,
        max(component) over (partition by identifier) as last_component

    from holders

),

-- an identifier that one component holds joins nothing more
open_links as {{ computed_once() }} (

    select
        component as member,
        identifier,
        component

    from measured_holders
    where first_component <> last_component

),

{{ connected("joined", "open_links", rounds) }},

groups as {{ computed_once() }} (

    select
        member,
        min(component) as group_component

    from joined_{{ rounds }}
    group by member

),

-- a component is who the first of its accounts with a name says
people as (

    select
        groups.member,
        groups.group_component,
        min(accounts.seniority) as seniority,
        {%- for fact in ("name_mark", "birth_date", "phone") %}
        min_by(accounts.{{ fact }}, accounts.seniority)
            filter (where accounts.{{ fact }} is not null) as {{ fact }},
        {%- endfor %}
        bool_or(accounts.has_email) as has_email

    from groups
    inner join earlier on groups.member = earlier.component
    inner join accounts on earlier.node = accounts.node
    group by groups.member, groups.group_component

),

-- held against the first of the group who has a name: one comparison each
compared_people as (

    select
        *,
        {%- for fact in ("member", "name_mark", "birth_date", "phone", "has_email") %}
        first_value({{ fact }}) over (
            partition by group_component
            order by case when name_mark is null then 1 else 0 end, seniority
        ) as first_{{ fact }}{{ "," if not loop.last }}
        {%- endfor %}

    from people

),

judged_people as (

    select
        *,
        {{ contradicts(identifier_type, '', 'first_') }} as is_another

    from compared_people

),

labelled_people as (

    select
        *,
        bool_or(is_another) over (partition by group_component) as is_divided,
        case
            when is_another and name_mark is null then member
            when is_another
                then min(member) over (partition by group_component, name_mark)
            when name_mark is not null then first_member
        end as label

    from judged_people

),

grouped_components as (

    select
        member as component,
        group_component,
        is_divided,
        label

    from labelled_people

)

select * from grouped_components
{%- endmacro %}
