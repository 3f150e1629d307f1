{# Letters and digits of a text, small, and a space for whatever lies between: Thai, Chinese and
   Japanese signs too, which stand without spaces. #}
{% macro letters_and_spaces(text) -%}
    {{ adapter.dispatch("letters_and_spaces", "guanxi")(text) }}
{%- endmacro %}

{% macro duckdb__letters_and_spaces(text) -%}
    regexp_replace(
        lower({{ text }}),
        '([^\pL\pM\pN]|[\x{0E00}-\x{0E7F}\x{2E80}-\x{9FFF}])+', ' ', 'g'
    )
{%- endmacro %}

{% macro spark__letters_and_spaces(text) -%}
    regexp_replace(
        lower({{ text }}),
        '([^\\pL\\pM\\pN]|[\\x{0E00}-\\x{0E7F}\\x{2E80}-\\x{9FFF}])+', ' '
    )
{%- endmacro %}


{# A text without its Thai, Chinese and Japanese signs. #}
{% macro spaced_signs(text) -%}
    {{ adapter.dispatch("spaced_signs", "guanxi")(text) }}
{%- endmacro %}

{% macro duckdb__spaced_signs(text) -%}
    regexp_replace({{ text }}, '[\x{0E00}-\x{0E7F}\x{2E80}-\x{9FFF}]', '', 'g')
{%- endmacro %}

{% macro spark__spaced_signs(text) -%}
    regexp_replace({{ text }}, '[\\x{0E00}-\\x{0E7F}\\x{2E80}-\\x{9FFF}]', '')
{%- endmacro %}
