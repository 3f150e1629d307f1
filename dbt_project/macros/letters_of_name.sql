{# A name in lower case and half width, letters without their accents. #}
{% macro letters_of_name(name) -%}
    translate(
        lower({{ half_width(name) }}),
        'áàâäãåāăąçćčďđéèêëēęěğíìîïīłñńňóòôöõøōőřśšşťúùûüūůűýÿžźż',
        'aaaaaaaaacccddeeeeeeegiiiiilnnnoooooooorssstuuuuuuuyyzzz'
    )
{%- endmacro %}
