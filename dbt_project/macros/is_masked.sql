{# Whether signs of a text are kept back: by stars and what is written for them, or by x, # and ? in a row. #}
{% macro is_masked(text) -%}
    coalesce(
        translate({{ text }}, '*＊∗※•●○█■', '') <> {{ text }}
        or contains(lower({{ text }}), 'xx')
        or contains({{ text }}, '##')
        or contains({{ text }}, '??'),
        false
    )
{%- endmacro %}
