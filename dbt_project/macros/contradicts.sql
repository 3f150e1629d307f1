{# Whether two names are those of two people. One is unknown, or they are written in different scripts: it cannot be
   told. A slip or two in a long name are none of another; short ones, as of two signs of Chinese, must agree. #}
{% macro names_differ(name, other_name) -%}
    coalesce(
        ({{ name }} < '{') = ({{ other_name }} < '{')
        and levenshtein({{ name }}, {{ other_name }}) > case
            when least(length({{ name }}), length({{ other_name }})) >= 10 then 2
            when least(length({{ name }}), length({{ other_name }})) >= 5 then 1
            else 0
        end,
        false
    )
{%- endmacro %}


{# Whether an identifier that two share is no evidence that they are one. A phone is a family's: another name is enough,
   unless they were born on the same day. An e-mail is one person's until it is given to the next one, who has another
   name and another birthday. #}
{% macro contradicts(identifier_type, name, birth_date, other_name, other_birth_date) -%}
    {%- if identifier_type == "keep_together" -%}
    false
    {%- elif identifier_type == "email" -%}
    {{ names_differ(name, other_name) }}
    and coalesce({{ birth_date }} <> {{ other_birth_date }}, false)
    {%- else -%}
    {{ names_differ(name, other_name) }}
    and coalesce({{ birth_date }} <> {{ other_birth_date }}, true)
    {%- endif -%}
{%- endmacro %}
