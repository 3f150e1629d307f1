{# Who is one customer once the links of one type count beside the stronger ones, of `earlier` (node, component): what
   they join (int_grouped_by_<type>) is looked at before it is believed.

   A group that holds two people, by their names and birthdays (macros/contradicts.sql), or two accounts that the shop
   keeps apart, is divided: each keeps what leads to it alone, and who leads to both stays what the stronger links had
   made of it. So the weakest link is cut and the rest kept. That groups are found in a table of their own is for Spark,
   which works out a named select anew wherever it is named. #}
{% macro joined_by(identifier_type, earlier) -%}
{%- set rounds = var('identity_rounds') | int -%}
with accounts as (

    select * from {{ ref('int_linked_accounts') }}

),

earlier as (

    select * from {{ earlier }}

),

grouped_components as (

    select * from {{ ref('int_grouped_by_' ~ identifier_type) }}

),

identity_links as (

    select * from {{ ref('int_identity_links') }}

),

overrides as (

    select * from {{ ref('int_identity_overrides') }}

),

open_links as {{ computed_once() }} (

    select
        earlier.component as member,
        {{ digest('identity_links.link') }} as identifier,
        grouped_components.is_divided,
        grouped_components.label

    from identity_links
    inner join accounts on identity_links.account_key = accounts.account_key
    inner join earlier on accounts.node = earlier.node
    inner join grouped_components
        on earlier.component = grouped_components.component
    where identity_links.identifier_type = '{{ identifier_type }}'
    group by
        earlier.component,
        identity_links.link,
        grouped_components.is_divided,
        grouped_components.label

),

links_in_conflict as (

    select
        member,
        identifier,
        member as component,
        label

    from open_links
    where is_divided

),

{{ spread("named", "links_in_conflict", 2) }},

-- of one name and one group, but led to each other by somebody else alone: two again
links_of_one_name as {{ computed_once() }} (

    select
        member,
        {{ digest("concat_ws('|', cast(identifier as string), cast(label as string))") }}
            as identifier,
        component

    from named_2
    where label is not null

),

{{ connected("rejoined", "links_of_one_name", rounds) }},

rejoined as (

    select
        member,
        min(component) as component

    from rejoined_{{ rounds }}
    group by member

),

believed as {{ computed_once() }} (

    select
        grouped_components.component as member,
        case
            when not grouped_components.is_divided
                then grouped_components.group_component
            else coalesce(rejoined.component, grouped_components.component)
        end as believed_component

    from grouped_components
    left join rejoined on grouped_components.component = rejoined.member

),

kept_apart_accounts as (

    select
        account_key,
        other_account_key
    from overrides
    where decision = 'keep_apart'

    union

    select
        other_account_key as account_key,
        account_key as other_account_key
    from overrides
    where decision = 'keep_apart'

),

kept_apart as (

    select
        one.component as member,
        other.component as other_member

    from kept_apart_accounts
    inner join accounts as one_account
        on kept_apart_accounts.account_key = one_account.account_key
    inner join accounts as other_account
        on kept_apart_accounts.other_account_key = other_account.account_key
    inner join earlier as one on one_account.node = one.node
    inner join earlier as other on other_account.node = other.node
    where one.component <> other.component
    group by one.component, other.component

),

-- those whom the shop keeps apart and the links join all the same
torn_members as (

    select kept_apart.member
    from kept_apart
    inner join believed as one on kept_apart.member = one.member
    inner join believed as other on kept_apart.other_member = other.member
    where one.believed_component = other.believed_component
    group by kept_apart.member

),

believed_links as (

    select
        open_links.member,
        open_links.identifier,
        believed.believed_component as component,
        torn_members.member as label,
        count(torn_members.member) over (partition by believed.believed_component)
            as torn_count

    from open_links
    inner join believed on open_links.member = believed.member
    left join torn_members on open_links.member = torn_members.member

),

torn_links as {{ computed_once() }} (

    select
        member,
        identifier,
        component,
        label

    from believed_links
    where torn_count > 0

),

{{ spread("torn", "torn_links", 4) }},

torn as (

    select
        member,
        max(label) as label

    from torn_4
    group by member

),

-- where a group was torn, who led to both sides or to none is itself
settled as (

    select
        believed.member,
        case
            when torn.member is null then believed.believed_component
            else coalesce(torn.label, believed.member)
        end as component

    from believed
    left join torn on believed.member = torn.member

),

joined_accounts as (

    select
        earlier.node,
        coalesce(settled.component, earlier.component) as component

    from earlier
    left join settled on earlier.component = settled.member

)

select * from joined_accounts
{%- endmacro %}
