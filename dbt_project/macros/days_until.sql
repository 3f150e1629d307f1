{# Whole days from a day to the next 18 June, 11 November or the like, 0 on it; 29 February
   is not to be asked for. #}
{% macro days_until(month_number, day_number, day) -%}
    {%- set this_year -%}
        cast(
            cast(year({{ day }}) as string)
            || '-{{ '%02d' % month_number }}-{{ '%02d' % day_number }}' as date
        )
    {%- endset -%}
    {%- set next_year -%}
        cast(
            cast(year({{ day }}) + 1 as string)
            || '-{{ '%02d' % month_number }}-{{ '%02d' % day_number }}' as date
        )
    {%- endset -%}
    case
        when {{ this_year }} >= {{ day }}
            then {{ days_between(day, this_year) }}
        else {{ days_between(day, next_year) }}
    end
{%- endmacro %}
