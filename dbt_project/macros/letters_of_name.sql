{# A name in lower case and half width, letters without their accents. #}
{% macro letters_of_name(name) -%}
    case
        when {{ is_plain(name) }} then lower({{ name }})
        else translate(
            lower({{ half_width(name) }}),
            'áàâäãåāăąçćčďđéèêëēęěğíìîïīłñńňóòôöõøōőřśšşťúùûüūůűýÿžźż',
            'aaaaaaaaacccddeeeeeeegiiiiilnnnoooooooorssstuuuuuuuyyzzz'
        )
    end
{%- endmacro %}
