{# Whether a topic holds a word of service_topics: a whole word, or with * at its end the
   beginning of one; of scripts that put no space between words, the sign anywhere. #}
{% macro holds_word(topic, word) -%}
    case
        when {{ word }} >= '⺀' then contains({{ topic }}, {{ word }})
        when {{ word }} like '%*'
            then contains({{ spaced_words(topic) }}, rtrim({{ spaced_words(word) }}))
        else contains({{ spaced_words(topic) }}, {{ spaced_words(word) }})
    end
{%- endmacro %}

{# Small letters, a space on each side of every word. #}
{% macro spaced_words(text) -%}
    ' ' || translate(lower({{ text }}), '_-/.,;:()&+*', '            ') || ' '
{%- endmacro %}
