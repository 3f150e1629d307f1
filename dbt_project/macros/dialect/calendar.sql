{# A row for each day from the first date to the last, in the list of a select that stands
   alone. #}
{% macro each_day(first_date, last_date) -%}
    {{ adapter.dispatch("each_day", "guanxi")(first_date, last_date) }}
{%- endmacro %}

{% macro duckdb__each_day(first_date, last_date) -%}
    cast(unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day)) as date)
{%- endmacro %}

{% macro spark__each_day(first_date, last_date) -%}
    explode(sequence({{ first_date }}, {{ last_date }}))
{%- endmacro %}


{# The day of the week, 1 Monday to 7 Sunday. #}
{% macro weekday_of(date) -%}
    {{ adapter.dispatch("weekday_of", "guanxi")(date) }}
{%- endmacro %}

{% macro duckdb__weekday_of(date) -%}
    cast(isodow({{ date }}) as bigint)
{%- endmacro %}

{% macro spark__weekday_of(date) -%}
    cast(weekday({{ date }}) + 1 as bigint)
{%- endmacro %}


{# The week as ISO 8601 counts it, 2026-W05: it begins on Monday and belongs to the year of
   its Thursday. #}
{% macro iso_week_of(date) -%}
    {{ adapter.dispatch("iso_week_of", "guanxi")(date) }}
{%- endmacro %}

{% macro duckdb__iso_week_of(date) -%}
    strftime({{ date }}, '%G-W%V')
{%- endmacro %}

{% macro spark__iso_week_of(date) -%}
    format_string('%04d-W%02d', extract(yearofweek from {{ date }}), weekofyear({{ date }}))
{%- endmacro %}


{# A row for each whole number from the first to the last, which is not below it, in the
   list of a select. #}
{% macro each_number(first_number, last_number) -%}
    {{ adapter.dispatch("each_number", "guanxi")(first_number, last_number) }}
{%- endmacro %}

{% macro duckdb__each_number(first_number, last_number) -%}
    unnest(generate_series({{ first_number }}, {{ last_number }}))
{%- endmacro %}

{% macro spark__each_number(first_number, last_number) -%}
    explode(sequence({{ first_number }}, {{ last_number }}))
{%- endmacro %}
