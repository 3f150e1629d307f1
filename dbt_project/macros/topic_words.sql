{# Whether a topic holds a word of service_topics: a whole word, or with * at its end the
   beginning of one; of scripts that put no space between words, the sign anywhere. #}
{% macro holds_word(topic, word) -%}
    case
        when {{ spaced_signs(word) }} <> {{ word }}
            then contains(lower({{ topic }}), lower({{ word }}))
        when {{ word }} like '%*'
            then contains({{ spaced_words(topic) }}, rtrim({{ spaced_words(word) }}))
        else contains({{ spaced_words(topic) }}, {{ spaced_words(word) }})
    end
{%- endmacro %}


{# The words of a text, a space on each side of every one. #}
{% macro spaced_words(text) -%}
    ' ' || trim({{ letters_and_spaces(text) }}) || ' '
{%- endmacro %}
