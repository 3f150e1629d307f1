{# The number of the period of so many days that a day falls into, counted from a day that is
   in none: of periods of 30 days the days 1 to 30 are the 1st, 31 to 60 the 2nd. #}
{% macro period_of_days(days, period_days) -%}
    cast(floor(({{ days }} - 1) / nullif({{ period_days }}, 0)) + 1 as bigint)
{%- endmacro %}
