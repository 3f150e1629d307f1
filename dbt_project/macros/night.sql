{# What every table of a build describes is one row, which the night writes before dbt begins:
   the business day, the shop's time zone and its currency. Read here alone. Like the scores in
   ml and the secret of ids, it is read past staging: there is nothing in it to stage.
   Two rows stop the build; none leaves every table empty, which tests and gates stop. #}
{% macro night(column) -%}
    (select {{ column }} from {{ source("ops", "night") }})
{%- endmacro %}


{# The business date every table describes: the end of this day in the shop's time zone. #}
{% macro as_of() -%}
    {{ night("as_of_date") }}
{%- endmacro %}


{# The shop's currency, an ISO 4217 code. #}
{% macro shop_currency() -%}
    {{ night("currency") }}
{%- endmacro %}
