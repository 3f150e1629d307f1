{# Where the shop names a source among its sources, which is how far it is trusted: the lower, the more; empty of one
   that it does not name. #}
{% macro source_trust(source_name) -%}
    cast(
        nullif(
            instr(
                ',' || {{ night("source_names") }} || ',', ',' || {{ source_name }} || ','
            ), 0
        ) as bigint
    )
{%- endmacro %}
