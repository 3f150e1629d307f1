{# By what accounts are one customer, the strongest first: each is joined by in models/identity/int_joined_by_<type>. #}
{% macro identity_types() -%}
    {{ return(("keep_together", "email", "phone", "landline", "device")) }}
{%- endmacro %}
