{# What is known of a customer in one line: the name of each trait and its words. #}
{% macro known_traits(traits, language, colon, comma) -%}
    concat_ws(
        '{{ comma }}'
        {%- for trait in traits %},
        case
            when traits_in_words.has_{{ trait }}
                then
                    trait_names.{{ trait }}_{{ language }} || '{{ colon }}'
                    || traits_in_words.{{ trait }}_{{ language }}
        end
        {%- endfor %}
    )
{%- endmacro %}
