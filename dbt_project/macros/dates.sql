{# The business date every table describes: the end of this day in the shop's time zone. #}
{% macro as_of() -%}
    cast('{{ required_variable("as_of") }}' as date)
{%- endmacro %}


{# The day in the shop's time zone on which an instant (naive UTC) falls. #}
{% macro business_date(instant) -%}
    {{ adapter.dispatch("business_date", "guanxi")(instant) }}
{%- endmacro %}

{% macro default__business_date(instant) -%}
    cast(
        timezone('{{ required_variable("shop_time_zone") }}', timezone('UTC', {{ instant }})) as date
    )
{%- endmacro %}

{% macro spark__business_date(instant) -%}
    cast(from_utc_timestamp({{ instant }}, '{{ required_variable("shop_time_zone") }}') as date)
{%- endmacro %}


{# Whole days from the first date to the second; negative when the second is earlier. #}
{% macro days_between(first_date, second_date) -%}
    cast({{ dbt.datediff(first_date, second_date, "day") }} as bigint)
{%- endmacro %}


{# The date so many days before a date. #}
{% macro days_before(days, date) -%}
    cast({{ dbt.dateadd("day", "-(" ~ days ~ ")", date) }} as date)
{%- endmacro %}


{# The date so many calendar months before a date. #}
{% macro months_before(months, date) -%}
    cast({{ dbt.dateadd("month", "-(" ~ months ~ ")", date) }} as date)
{%- endmacro %}


{# Whole years from the first date to the second, as birthdays are counted. #}
{% macro years_between(first_date, second_date) -%}
    cast(
        floor(
            (
                (year({{ second_date }}) - year({{ first_date }})) * 10000
                + (month({{ second_date }}) - month({{ first_date }})) * 100
                + day({{ second_date }}) - day({{ first_date }})
            ) / 10000
        ) as bigint
    )
{%- endmacro %}
