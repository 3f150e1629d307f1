{# The day in the shop's time zone on which an instant (naive UTC) falls. #}
{% macro business_date(instant) -%}
    {{ adapter.dispatch("business_date", "guanxi")(instant) }}
{%- endmacro %}

{% macro duckdb__business_date(instant) -%}
    cast({{ duckdb__shop_time(instant) }} as date)
{%- endmacro %}

{# DuckDB asks a calendar for the offset of an instant, which is dear. But a zone's offset
   changes on few days: those of all others are looked up in a list, and the calendar is
   asked for instants of days on which it changes and of other years alone. #}
{% macro duckdb__shop_time(instant) -%}
    coalesce(
        {{ instant }} + list_extract(
            {{ duckdb__offsets_of_days() }},
            greatest(date_diff('day', date '1970-01-01', {{ instant }}) + 1, 0)
        ),
        timezone({{ night("time_zone") }}, make_timestamptz(epoch_us({{ instant }})))
    )
{%- endmacro %}

{# The offset of the shop's zone on each day (UTC) from 1970 to 2099, as a list; empty where
   it changes on that day. epoch_us() takes an instant as one of UTC without a calendar. #}
{% macro duckdb__offsets_of_days() -%}
    (
        select list(case when offset_then = offset_after then offset_then end order by day)
        from (
            select
                day,
                timezone(time_zone, make_timestamptz(epoch_us(day))) - day
                    as offset_then,
                timezone(
                    time_zone, make_timestamptz(epoch_us(day + interval 1 day))
                ) - (day + interval 1 day) as offset_after
            from {{ source("ops", "night") }}
            cross join range(
                timestamp '1970-01-01', timestamp '2100-01-01', interval 1 day
            ) as days(day)
        ) as offsets
    )
{%- endmacro %}

{% macro spark__business_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, {{ night("time_zone") }}) as date)
{%- endmacro %}


{# The instant (naive UTC) at which the business date that every table describes ends: to
   compare others with it, the day of none has to be found. #}
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
