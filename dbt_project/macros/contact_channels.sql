{# By which a customer can be written to, as the feed of consents names them. #}
{% macro contact_channels() -%}
    {{ return(("email", "sms", "push", "on_site", "wechat", "other")) }}
{%- endmacro %}
