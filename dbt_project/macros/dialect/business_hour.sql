{# The hour of the day, 0 to 23, in the shop's time zone at an instant (naive UTC). #}
{% macro business_hour(instant) -%}
    {{ adapter.dispatch("business_hour", "guanxi")(instant) }}
{%- endmacro %}

{% macro duckdb__business_hour(instant) -%}
    cast(hour({{ duckdb__shop_time(instant) }}) as bigint)
{%- endmacro %}

{% macro spark__business_hour(instant) -%}
    cast(
        hour(from_utc_timestamp({{ instant }}, {{ night("time_zone") }})) as bigint
    )
{%- endmacro %}
