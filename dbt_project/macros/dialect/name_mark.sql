{# What of a name two spellings share: its words in order of the alphabet, without signs, titles and accents; nothing
   where stars hide a part, or where less than two letters are left. Family name first or last is one name. #}
{% macro name_mark(name) -%}
    {{ adapter.dispatch("name_mark", "guanxi")(letters_of_name(name)) }}
{%- endmacro %}

{% macro duckdb__name_mark(letters) -%}
    case
        when length(
            regexp_replace({{ letters }}, '[^\p{L}\p{N}]', '', 'g')
        ) >= 2 and not regexp_matches({{ letters }}, '[*●•※█]')
            then nullif(array_to_string(list_sort(string_split(trim(regexp_replace(
                regexp_replace({{ letters }}, '[^\p{L}\p{N}]+', ' ', 'g'),
                '\b(mr|mrs|ms|miss|dr|herr|frau|mme)\b|(先生|女士|小姐)$', ' ', 'g'
            )), ' ')), ''), '')
    end
{%- endmacro %}

{% macro spark__name_mark(letters) -%}
    case
        when length(
            regexp_replace({{ letters }}, '[^\\p{L}\\p{N}]', '')
        ) >= 2 and not regexp_like({{ letters }}, '[*●•※█]')
            then nullif(array_join(array_sort(split(trim(regexp_replace(
                regexp_replace({{ letters }}, '[^\\p{L}\\p{N}]+', ' '),
                '\\b(mr|mrs|ms|miss|dr|herr|frau|mme)\\b|(先生|女士|小姐)$', ' '
            )), ' ')), ''), '')
    end
{%- endmacro %}
