{# How long a cart waits for the next touch before it is abandoned. #}
{% macro cart_lifetime() -%}
    interval {{ var('cart_abandoned_hours') }} hour
{%- endmacro %}
