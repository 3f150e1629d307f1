{# A variable that no build may guess: the night gives it, a run by hand has to. #}
{% macro required_variable(name) -%}
    {%- if execute and not var(name) -%}
        {{ exceptions.raise_compiler_error(
            "the variable " ~ name ~ " is missing: say which night this is, as in "
            ~ "--vars '{as_of: 2026-06-30, shop_time_zone: Asia/Shanghai, currency: CNY}'"
        ) }}
    {%- endif -%}
    {{ var(name) or "" }}
{%- endmacro %}
