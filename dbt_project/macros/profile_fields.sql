{# The fields of a profile that can be filled, and when one of a customer's golden record is. #}
{% macro profile_fields() -%}
    {{ return({
        "name": "has_name",
        "email": "has_email",
        "phone": "has_phone",
        "address": "has_address",
        "birth_date": "birth_date is not null",
        "gender": "gender is not null",
        "province": "province is not null",
        "city": "city is not null",
    }) }}
{%- endmacro %}


{# How many of them are. #}
{% macro filled_fields() -%}
    {% for is_filled in profile_fields().values() -%}
        case when {{ is_filled }} then 1 else 0 end
        {%- if not loop.last %} + {% endif %}
    {%- endfor %}
{%- endmacro %}
