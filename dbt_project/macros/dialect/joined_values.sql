{# The distinct values of a group in one text: sorted, comma between. #}
{% macro joined_values(column) -%}
    {{ adapter.dispatch("joined_values", "guanxi")(column) }}
{%- endmacro %}

{% macro duckdb__joined_values(column) -%}
    string_agg(distinct {{ column }}, ',' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_values(column) -%}
    array_join(sort_array(collect_set({{ column }})), ',')
{%- endmacro %}
