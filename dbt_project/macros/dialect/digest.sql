{# What stands for a text where it is only compared: 128 bits, which no two texts share, in
   the form that the engine compares fastest. Not for a table: each engine has its own. #}
{% macro digest(text) -%}
    {{ adapter.dispatch("digest", "guanxi")(text) }}
{%- endmacro %}

{% macro duckdb__digest(text) -%}
    md5_number({{ text }})
{%- endmacro %}

{% macro spark__digest(text) -%}
    md5({{ text }})
{%- endmacro %}
