{# The part of the day in which an hour lies. #}
{% macro daypart(hour) -%}
    case
        when {{ hour }} < {{ var('morning_from') }} then 'night'
        when {{ hour }} < {{ var('afternoon_from') }} then 'morning'
        when {{ hour }} < {{ var('evening_from') }} then 'afternoon'
        when {{ hour }} < {{ var('night_from') }} then 'evening'
        else 'night'
    end
{%- endmacro %}
