{# Whole days from the first date to the second; negative when the second is earlier.
   Dates are counted by macros of dbt itself, which has an implementation for each engine. #}
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


{# Whole seconds from the first instant to the second; negative when the second is earlier. #}
{% macro seconds_between(first_instant, second_instant) -%}
    cast({{ dbt.datediff(first_instant, second_instant, "second") }} as bigint)
{%- endmacro %}


{# The date so many calendar months after a date. #}
{% macro months_after(months, date) -%}
    cast({{ dbt.dateadd("month", months, date) }} as date)
{%- endmacro %}


{# The first day of the month of a date. #}
{% macro first_of_month(date) -%}
    cast({{ dbt.date_trunc("month", date) }} as date)
{%- endmacro %}


{# The last day of the month of a date. #}
{% macro last_of_month(date) -%}
    {{ days_before(1, months_after(1, first_of_month(date))) }}
{%- endmacro %}


{# The first day of the year of a date. #}
{% macro first_of_year(date) -%}
    cast({{ dbt.date_trunc("year", date) }} as date)
{%- endmacro %}


{# The date so many days after a date. #}
{% macro days_after(days, date) -%}
    cast({{ dbt.dateadd("day", days, date) }} as date)
{%- endmacro %}
