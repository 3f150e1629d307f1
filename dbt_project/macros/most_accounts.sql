{# By how many accounts an identifier of this type may be held and still lead to one person. #}
{% macro most_accounts(identifier_type) -%}
    case {{ identifier_type }}
        when 'email' then {{ var('max_accounts_per_email') }}
        when 'phone' then {{ var('max_accounts_per_phone') }}
        when 'landline' then {{ var('max_accounts_per_landline') }}
        else {{ var('max_accounts_per_device') }}
    end
{%- endmacro %}
