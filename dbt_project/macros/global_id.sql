{# An id that stays unique when several shops share the tables: "shop:id". #}
{% macro global_id(column) -%}
    source_name || ':' || {{ column }}
{%- endmacro %}
