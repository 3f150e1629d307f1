{# The last day before the year that a value tier is earned in, which is the twelve calendar
   months that end with the given day. #}
{% macro day_before_tier_year(day) -%}
    {{ months_before(12, day) }}
{%- endmacro %}
