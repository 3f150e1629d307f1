{# A text as it is compared with others that people typed: lower case, no space around it, and
   one where there are several; a full-width space is one. #}
{% macro folded_text(text) -%}
    {{ adapter.dispatch("folded_text", "guanxi")(text) }}
{%- endmacro %}

{% macro duckdb__folded_text(text) -%}
    trim(regexp_replace(lower({{ text }}), '[\s\x{3000}]+', ' ', 'g'))
{%- endmacro %}

{% macro spark__folded_text(text) -%}
    trim(regexp_replace(lower({{ text }}), '[\\s\\x{3000}]+', ' '))
{%- endmacro %}
