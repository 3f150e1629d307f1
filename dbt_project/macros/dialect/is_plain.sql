{# Whether a text is of signs of ASCII alone, as nearly all are in many shops: it has as many bytes as characters. #}
{% macro is_plain(text) -%}
    {{ adapter.dispatch("is_plain", "guanxi")(text) }}
{%- endmacro %}

{% macro duckdb__is_plain(text) -%}
    strlen({{ text }}) = length({{ text }})
{%- endmacro %}

{% macro spark__is_plain(text) -%}
    octet_length({{ text }}) = length({{ text }})
{%- endmacro %}
