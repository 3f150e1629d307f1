{# Connected components over `links` (member, identifier, component), as common table expressions <name>_1 .. <name>_n.

   In a round all rows of one component move together to the smallest component next to
   them: the smallest on any identifier that one of them holds. Names of components only
   fall, and only among connected members, so once no identifier holds two components each
   is whole. They start in random order, in which whole groups
   meet: chains of 5, 20, 100, 1,000 members needed at most 4, 7, 12, 13 rounds (worst of
   200 simulated orders, of 10 for the longest). Windows instead of recursion or self-joins, because
   Spark's recursion knows no `union` and Spark copies a common table expression to every
   place that names it. A test proves that the rounds were enough. #}
{% macro connected(name, links, rounds) -%}
    {%- for round in range(1, rounds | int + 1) %}
    {%- set previous = links if loop.first else name ~ "_" ~ (round - 1) %}
    {{ name }}_next_{{ round }} as {{ computed_once() }} (

        select
            member,
            identifier,
            component,
            min(component) over (partition by identifier) as nearest_component

        from {{ previous }}

    ),

    {{ name }}_{{ round }} as {{ computed_once() }} (

        select
            member,
            identifier,
            min(nearest_component) over (partition by component) as component

        from {{ name }}_next_{{ round }}

    ){{ "," if not loop.last }}
    {%- endfor %}
{%- endmacro %}
