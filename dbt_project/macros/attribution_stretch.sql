{# Which stretch of time an instant falls into, when time is cut into stretches as long as a
   message's touch counts: a number that grows by one from stretch to stretch. #}
{% macro attribution_stretch(instant) -%}
    cast(
        floor(
            {{ days_between("date '1970-01-01'", "cast(" ~ instant ~ " as date)") }}
            / {{ var('campaign_attribution_days') }}
        ) as bigint
    )
{%- endmacro %}
