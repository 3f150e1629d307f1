{# An amount to the cent, halves away from zero. The step over six places makes engines
   agree that divide decimals as floats (DuckDB) and as decimals (Spark). #}
{% macro money(amount) -%}
    cast(cast({{ amount }} as decimal(28, 6)) as decimal(18, 2))
{%- endmacro %}
