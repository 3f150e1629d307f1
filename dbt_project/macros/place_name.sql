{# The name of a place as reference.places holds written forms: half width, small, one blank between words. #}
{% macro place_name(text) -%}
    {{ folded_text(half_width(text)) }}
{%- endmacro %}
