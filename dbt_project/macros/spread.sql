{# Labels that some rows of `links` (member, identifier, label) have, given on to those that have none, as common table
   expressions <name>_1 .. <name>_n: a member takes the label of its neighbours where they agree on one. An identifier
   that is held under two labels says nothing, and who hears of two is nobody's: neither is evidence. #}
{% macro spread(name, links, rounds) -%}
    {%- for round in range(1, rounds | int + 1) %}
    {%- set previous = links if loop.first else name ~ "_" ~ (round - 1) %}
    {{ name }}_said_{{ round }} as {{ computed_once() }} (

        select
            *,
            case
                when
                    min(label) over (partition by identifier)
                    = max(label) over (partition by identifier)
                    then min(label) over (partition by identifier)
            end as said

        from {{ previous }}

    ),

    {{ name }}_{{ round }} as {{ computed_once() }} (

        select
            member,
            identifier,
            component,
            coalesce(
                label,
                case
                    when
                        min(said) over (partition by member)
                        = max(said) over (partition by member)
                        then min(said) over (partition by member)
                end
            ) as label

        from {{ name }}_said_{{ round }}

    ){{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}
