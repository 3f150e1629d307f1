{# What a row says of an instant, and empty when that comes only after the day described: where
   no earlier version of a row was landed, the first that was tells of later than the day. #}
{% macro if_known(instant, value=none) -%}
    case
        when {{ instant }} < {{ end_of_as_of() }} then {{ value or instant }}
    end
{%- endmacro %}
