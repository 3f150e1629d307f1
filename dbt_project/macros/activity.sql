{# How active a customer is on a day, by the columns that say until when a log-in rush, an
   interaction, a purchase and a log-in count: `frequent_…`, `interacting_…`, `buying_…` and
   `awake_…`, the first day on which they do no more, empty when there was none. #}
{% macro activity(day, known) -%}
    case
        when {{ day }} < frequent_{{ known }} then 'high_frequency'
        when {{ day }} < interacting_{{ known }} and {{ day }} < buying_{{ known }}
            then 'active'
        when {{ day }} < interacting_{{ known }} then 'potential'
        when {{ day }} < awake_{{ known }} then 'silent'
        else 'dormant'
    end
{%- endmacro %}


{# A date as a number, the days from 1 January 1970 to it: to add days to, and to frame
   windows by, which engines do faster than with dates. #}
{% macro day_number(date) -%}
    {{ days_between("date '1970-01-01'", date) }}
{%- endmacro %}


{# The date of such a number. #}
{% macro date_of_day_number(number) -%}
    {{ days_after(number, "date '1970-01-01'") }}
{%- endmacro %}
