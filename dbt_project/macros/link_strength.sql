{# The rank of a type of link as one digit, 0 the strongest: the order in which models/identity/int_joined_by_* count. #}
{% macro link_strength(identifier_type) -%}
    case {{ identifier_type }}
        when 'keep_together' then '0'
        when 'email' then '1'
        when 'phone' then '2'
        when 'landline' then '3'
        else '4'
    end
{%- endmacro %}
