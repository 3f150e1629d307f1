{# Who is one customer once the links of one type count beside the stronger ones, of `earlier` (node, component).

   What they join is looked at before it is believed. A group that holds two people, by their names and birthdays
   (macros/contradicts.sql), or two accounts that the shop keeps apart, is divided: each keeps what leads to it alone,
   and who leads to both stays what the stronger links had made of it. So the weakest link is cut and the rest kept. #}
{% macro joined_by(identifier_type, earlier) -%}
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

overrides as (

    select * from {{ ref('int_identity_overrides') }}

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

ranked_people as (

    select
        *,
        row_number() over (
            partition by group_component
            order by case when name_mark is null then 1 else 0 end, seniority
        ) as place

    from people

),

judged_people as {{ computed_once() }} (

    select
        ranked_people.member,
        ranked_people.group_component,
        ranked_people.seniority,
        ranked_people.name_mark,
        first_people.member as first_member,
        {{ contradicts(identifier_type, 'ranked_people.', 'first_people.') }} as is_another

    from ranked_people
    inner join ranked_people as first_people
        on ranked_people.group_component = first_people.group_component
    where first_people.place = 1

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

people_in_conflict as (

    select
        member,
        label

    from labelled_people
    where is_divided

),

links_in_conflict as {{ computed_once() }} (

    select
        open_links.member,
        open_links.identifier,
        open_links.component,
        people_in_conflict.label

    from open_links
    inner join people_in_conflict on open_links.member = people_in_conflict.member

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
        labelled_people.member,
        labelled_people.group_component,
        labelled_people.seniority,
        case
            when not labelled_people.is_divided then labelled_people.group_component
            else coalesce(rejoined.component, labelled_people.member)
        end as believed_component

    from labelled_people
    left join rejoined on labelled_people.member = rejoined.member

),

kept_apart as (

    select
        one.component as member,
        other.component as other_member

    from overrides
    inner join accounts as one_account on overrides.account_key = one_account.account_key
    inner join accounts as other_account
        on overrides.other_account_key = other_account.account_key
    inner join earlier as one on one_account.node = one.node
    inner join earlier as other on other_account.node = other.node
    where overrides.decision = 'keep_apart'

),

-- those whom the shop keeps apart and the links join all the same
torn_members as (

    select
        kept_apart.member,
        kept_apart.other_member,
        one.believed_component

    from kept_apart
    inner join believed as one on kept_apart.member = one.member
    inner join believed as other on kept_apart.other_member = other.member
    where one.believed_component = other.believed_component
        and kept_apart.member <> kept_apart.other_member

),

torn_seeds as (

    select
        member,
        believed_component
    from torn_members

    union

    select
        other_member as member,
        believed_component
    from torn_members

),

torn_links as {{ computed_once() }} (

    select
        open_links.member,
        open_links.identifier,
        believed.believed_component as component,
        torn_seeds.member as label

    from open_links
    inner join believed on open_links.member = believed.member
    left join torn_seeds on open_links.member = torn_seeds.member
    where believed.believed_component in (select believed_component from torn_seeds)

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
        believed.group_component,
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
        coalesce(settled.component, earlier.component) as component,
        coalesce(settled.group_component, earlier.component) as group_component

    from earlier
    left join settled on earlier.component = settled.member

)

select * from joined_accounts
{%- endmacro %}
