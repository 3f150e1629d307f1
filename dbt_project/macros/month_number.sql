{# Calendar months counted through the years: neighbours differ by 1. #}
{% macro month_number(date) -%}
    cast(year({{ date }}) * 12 + month({{ date }}) as bigint)
{%- endmacro %}
