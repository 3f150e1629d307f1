{# The rank of a type of link as one digit, 0 the strongest. #}
{% macro link_strength(identifier_type) -%}
    case {{ identifier_type }}
        {%- for known_type in identity_types() %}
        when '{{ known_type }}' then '{{ loop.index0 }}'
        {%- endfor %}
    end
{%- endmacro %}
