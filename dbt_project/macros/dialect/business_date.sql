{# The day in the shop's time zone on which an instant (naive UTC) falls. #}
{% macro business_date(instant) -%}
    {{ adapter.dispatch("business_date", "guanxi")(instant) }}
{%- endmacro %}

{# epoch_us() takes the instant as one of UTC without a calendar, at a third of the cost #}
{% macro duckdb__business_date(instant) -%}
    cast(
        timezone(
            {{ night("time_zone") }}, make_timestamptz(epoch_us({{ instant }}))
        ) as date
    )
{%- endmacro %}

{% macro spark__business_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, {{ night("time_zone") }}) as date)
{%- endmacro %}


{# The instant (naive UTC) at which the business date that every table describes ends. To
   compare instants with it costs a hundredth of finding the day of each. #}
{% macro end_of_as_of() -%}
    {{ adapter.dispatch("end_of_as_of", "guanxi")() }}
{%- endmacro %}

{% macro duckdb__end_of_as_of() -%}
    {{ night(
        "timezone('UTC', timezone(time_zone, cast(as_of_date + 1 as timestamp)))"
    ) }}
{%- endmacro %}

{% macro spark__end_of_as_of() -%}
    {{ night(
        "to_utc_timestamp(cast(date_add(as_of_date, 1) as timestamp), time_zone)"
    ) }}
{%- endmacro %}
