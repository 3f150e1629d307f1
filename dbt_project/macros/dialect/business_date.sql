{# The day in the shop's time zone on which an instant (naive UTC) falls. #}
{% macro business_date(instant) -%}
    {{ adapter.dispatch("business_date", "guanxi")(instant) }}
{%- endmacro %}

{% macro duckdb__business_date(instant) -%}
    cast(timezone({{ night("time_zone") }}, timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{% macro spark__business_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, {{ night("time_zone") }}) as date)
{%- endmacro %}
